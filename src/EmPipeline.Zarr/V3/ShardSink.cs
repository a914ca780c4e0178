using System.Collections.Concurrent;
using System.Threading.Channels;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Stores shards as files and makes them durable in batches, in this order: the file's bytes, its slot in the table, its final name.
/// So a shard under its final name is always whole and recorded, and a run that goes on never writes it again; a recorded shard that still has
/// its temporary name only lacks the renaming. What goes wrong on the way is thrown by the next <see cref="RecordAsync"/> and by
/// <see cref="CompleteAsync"/>.
/// </summary>
internal sealed class ShardSink : IShardSink, IDisposable
{
    // A batch begins when the last one is on the disk: the slower the disk, the larger the batches. Each waiting shard holds an open file.
    private const int LeastBatch = 16;
    private const int MaxWaiting = 128;
    private const long GarbageBytes = 1 << 20;
    private const int FullCollection = 8;

    private readonly ShardFolder _folder;
    private readonly ShardTable _table;
    private readonly ShardStates _finished;
    private readonly Func<IShardWriter> _createWriter;
    private readonly IReadOnlyList<IVolumeReader> _readers;
    private readonly bool _leavesCache;
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), ShardFile> _open = new();
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), SafeFileHandle> _stored = new();
    private readonly Channel<Entry> _waiting = Channel.CreateBounded<Entry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Task _committing;
    private readonly int _chunksPerShard;
    private readonly long _mostWaiting;
    private long _allocatedAtCollection = GC.GetTotalAllocatedBytes();
    private long _waitingBytes;
    private int _collections;

    /// <param name="finished">What an earlier run left, checked.</param>
    /// <param name="readers">A reader of each level as far as it exists.</param>
    /// <param name="memory">How many bytes of encoded parts may wait in memory for those before them.</param>
    public ShardSink(
        ShardFolder folder, ShardTable table, ShardStates finished, ShardCodec codec,
        IReadOnlyList<LevelGrid> levels, int elementSize, IReadOnlyList<IVolumeReader> readers, long memory)
    {
        (_folder, _table, _finished, _readers, _mostWaiting) = (folder, table, finished, readers, memory);
        // A volume that would crowd out everything else that the page cache holds does not stay there once it is on the disk.
        _leavesCache = levels[0].Shape.Volume * elementSize > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
        var (shard, part, chunk) = (levels[0].Shard, levels[0].Part, levels[0].Chunk);
        var chunkLength = checked((int)(chunk.Volume * elementSize));
        _chunksPerShard = checked((int)NdIndex.FloorDivide(shard, chunk).Volume);
        _createWriter = () => new ShardWriter(this, codec, chunkLength, shard == part);
        var chunksOfPart = NdIndex.FloorDivide(NdIndex.Min(part, NdIndex.CeilingDivide(levels[0].Shape, chunk) * chunk), chunk).Volume;
        Parts = new BufferPool(shard == part ? 0 : checked((int)(chunksOfPart * ShardWriter.ChunkRoom(codec, chunkLength))));
        // Its own thread: it waits for the disk nearly all the time.
        _committing = Task.Factory.StartNew(CommitAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public bool HasFinished => _finished.Any;

    public ShardState Find(int level, NdIndex position) => _finished[level, position];

    public IShardWriter CreateWriter() => _createWriter();

    /// <summary>Room for the encoded chunks of one part of a large shard.</summary>
    public BufferPool Parts { get; }

    /// <summary>So many encoded bytes wait in memory that more should wait in files.</summary>
    public bool IsTooMuchWaiting => Interlocked.Read(ref _waitingBytes) > _mostWaiting;

    public void AddWaiting(long bytes) => Interlocked.Add(ref _waitingBytes, bytes);

    /// <summary>The file of a shard, which is created when the first of it is written.</summary>
    public ShardFile Open(int level, NdIndex position) =>
        _open.GetOrAdd((level, position), static (key, sink) => new ShardFile(sink, key.Level, key.Position, sink._chunksPerShard), this);

    /// <summary>Opens a shard's file under its temporary name.</summary>
    public SafeFileHandle Create(int level, NdIndex position) => Try(() =>
    {
        _folder.Make(level, position);
        return File.OpenHandle(_folder.File(level, position) + Durable.PartialSuffix, FileMode.Create, FileAccess.Write);
    });

    /// <summary>A file for encoded parts whose turn has not come. It goes when it is closed.</summary>
    public SafeFileHandle CreateSpill(int level, NdIndex position) => Try(() =>
    {
        _folder.Make(level, position);
        return File.OpenHandle(
            _folder.File(level, position) + ".spill", FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
    });

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    public void Read(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            var count = RandomAccess.Read(file, bytes, offset);
            if (count == 0)
                throw new EndOfStreamException();
            bytes = bytes[count..];
            offset += count;
        }
    }

    public (long StoredBytes, uint Checksum) Close(int level, NdIndex position)
    {
        _open.TryRemove((level, position), out var shard);
        var (file, length, checksum) = shard!.Close();
        // Open until its batch is flushed.
        _stored[(level, position)] = file;
        Durable.BeginFlush(file);
        return (length, checksum);
    }

    private T Try<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <summary>The error for a disk that refuses.</summary>
    private EmException Failed(Exception cause) =>
        new(Fault.Machine, $"{_folder.Root}: {cause.Message} Free some space, then run again: finished shards are kept.", cause);

    public async ValueTask RecordAsync(ShardRecord shard, CancellationToken cancellation)
    {
        _open.TryRemove((shard.Level, shard.Position), out _);
        _stored.TryRemove((shard.Level, shard.Position), out var file);
        try
        {
            await _waiting.Writer.WriteAsync(new Entry(shard, file), cancellation);
        }
        catch (Exception e)
        {
            file?.Dispose();
            // The channel only closes early when committing failed.
            if (e is ChannelClosedException)
                await _committing;
            throw;
        }
    }

    public ValueTask ReadBackAsync(int level, Box box, Memory<byte> voxels, CancellationToken cancellation) =>
        _readers[level].ReadAsync(box, voxels, cancellation);

    /// <summary>Returns when every shard recorded so far is durable. No more can be recorded.</summary>
    /// <exception cref="EmException">Some could not be made durable.</exception>
    public Task CompleteAsync()
    {
        _waiting.Writer.TryComplete();
        return _committing;
    }

    /// <summary>To be called when the sink has completed.</summary>
    public void Dispose()
    {
        foreach (var shard in _open.Values)
            shard.Dispose();
        foreach (var file in _stored.Values)
            file.Dispose();
        Parts.Dispose();
    }

    private void CommitAll()
    {
        var batch = new List<Entry>();
        try
        {
            while (Gather(batch))
            {
                Commit(batch);
                batch.Clear();
            }
        }
        catch (Exception e)
        {
            var cause = e is IOException or UnauthorizedAccessException ? Failed(e) : e;
            // Whoever waits for room is woken, and told.
            _waiting.Writer.TryComplete(cause);
            while (_waiting.Reader.TryRead(out var entry))
                entry.File?.Dispose();
            foreach (var entry in batch)
                entry.File?.Dispose();
            if (cause == e)
                throw;
            throw cause;
        }
    }

    /// <summary>Waits for a batch of shards; false when there are no more.</summary>
    private bool Gather(List<Entry> batch)
    {
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < MaxWaiting && _waiting.Reader.TryRead(out var entry))
                batch.Add(entry);
            if (batch.Count >= LeastBatch)
                return true;
        }

        return batch.Count > 0;
    }

    private void Commit(List<Entry> batch)
    {
        foreach (var entry in batch)
        {
            if (entry.File is null)
                continue;
            Durable.Flush(entry.File);
            if (_leavesCache)
                Durable.DropFromCache(entry.File);
            entry.File.Dispose();
        }

        _table.Write(batch.Select(entry => entry.Shard));
        var folders = new HashSet<string>();
        foreach (var entry in batch)
        {
            if (entry.File is null)
                continue;
            var path = _folder.File(entry.Shard.Level, entry.Shard.Position);
            File.Move(path + Durable.PartialSuffix, path, overwrite: true);
            folders.Add(Path.GetDirectoryName(path)!);
        }

        foreach (var folder in folders)
            Durable.FlushFolder(folder);
        CollectGarbage();
    }

    /// <summary>
    /// Left alone, the collector lets the few kilobytes of garbage a shard grow until they fill the processor's caches, tens of MiB. Collecting
    /// the youngest now and then costs about a millisecond and keeps a run's memory the same whatever its length; what lived through that
    /// is collected more rarely, beside the workers.
    /// </summary>
    private void CollectGarbage()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocatedAtCollection < GarbageBytes)
            return;
        _allocatedAtCollection = allocated;
        GC.Collect(_collections++ % FullCollection == FullCollection - 1 ? GC.MaxGeneration : 0, GCCollectionMode.Forced, blocking: false);
    }

    private readonly record struct Entry(ShardRecord Shard, SafeFileHandle? File);
}
