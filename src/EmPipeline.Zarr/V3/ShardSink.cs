using System.Collections.Concurrent;
using System.Threading.Channels;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Stores shards as files and makes them durable in batches, in this order: the file's bytes, the journal's line, the file's final name.
/// So a shard under its final name is always whole and listed, and a run that goes on never writes it again; a listed shard that still has
/// its temporary name only lacks the renaming. What goes wrong on the way is thrown by the next <see cref="RecordAsync"/> and by
/// <see cref="CompleteAsync"/>.
/// </summary>
internal sealed class ShardSink : IShardSink, IDisposable
{
    // A batch begins when the last one is on the disk: the slower the disk, the larger the batches. Each waiting shard holds an open file.
    private const int LeastBatch = 16;
    private const int MaxWaiting = 128;
    private const long GarbageBytes = 1 << 20;

    private readonly ShardFolder _folder;
    private readonly ShardJournal _journal;
    private readonly ShardStates _finished;
    private readonly Func<IShardWriter> _createWriter;
    private readonly IReadOnlyList<IVolumeReader> _readers;
    private readonly LevelGrid[] _levels;
    private readonly bool _leavesCache;
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), SafeFileHandle> _stored = new();
    private readonly Channel<Entry> _waiting = Channel.CreateBounded<Entry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Task _committing;
    private long _allocatedAtCollection = GC.GetTotalAllocatedBytes();

    /// <param name="finished">What an earlier run left, checked.</param>
    /// <param name="readers">A reader of each level as far as it exists.</param>
    public ShardSink(
        ShardFolder folder, ShardJournal journal, ShardStates finished, ShardCodec codec,
        IReadOnlyList<LevelGrid> levels, int elementSize, IReadOnlyList<IVolumeReader> readers)
    {
        (_folder, _journal, _finished, _readers, _levels) = (folder, journal, finished, readers, [.. levels]);
        // A volume that would crowd out everything else that the page cache holds does not stay there once it is on the disk.
        _leavesCache = levels[0].Shape.Volume * elementSize > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
        var (chunkLength, chunks) = (checked((int)(levels[0].Chunk.Volume * elementSize)), NdIndex.FloorDivide(levels[0].Shard, levels[0].Chunk).Volume);
        _createWriter = () => new ShardWriter(this, codec, chunkLength, checked((int)chunks));
        // Its own thread: it waits for the disk nearly all the time.
        _committing = Task.Factory.StartNew(CommitAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public bool HasFinished => _finished.Any;

    public ShardState Find(int level, NdIndex position) => _finished[level, position];

    public IShardWriter CreateWriter() => _createWriter();

    /// <summary>Opens a shard's file under its temporary name.</summary>
    public SafeFileHandle Create(int level, NdIndex position)
    {
        try
        {
            _folder.Make(level, position);
            return File.OpenHandle(_folder.File(level, position) + Durable.PartialSuffix, FileMode.Create, FileAccess.Write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <summary>Takes over a shard's file, all of it written, and keeps it open until its batch is flushed.</summary>
    public void Stored(int level, NdIndex position, SafeFileHandle file)
    {
        _stored[(level, position)] = file;
        Durable.BeginFlush(file);
    }

    /// <summary>The error for a disk that refuses.</summary>
    public EmException Failed(Exception cause) =>
        new(Fault.Machine, $"{_folder.Root}: {cause.Message} Free some space, then run again: finished shards are kept.", cause);

    public async ValueTask RecordAsync(ShardRecord shard, CancellationToken cancellation)
    {
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

    public ValueTask ReadBackAsync(int level, NdIndex position, Memory<byte> voxels, CancellationToken cancellation) =>
        _readers[level].ReadAsync(_levels[level].Valid(position), voxels, cancellation);

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
        foreach (var file in _stored.Values)
            file.Dispose();
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

        _journal.Append(batch.Select(entry => entry.Shard));
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
    /// the youngest now and then costs about a millisecond and keeps a run's memory the same whatever its length.
    /// </summary>
    private void CollectGarbage()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocatedAtCollection < GarbageBytes)
            return;
        _allocatedAtCollection = allocated;
        GC.Collect(0, GCCollectionMode.Forced, blocking: false);
    }

    private readonly record struct Entry(ShardRecord Shard, SafeFileHandle? File);
}
