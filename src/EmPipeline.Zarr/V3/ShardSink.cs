using System.Collections.Concurrent;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Stores shards as files, which are written under a temporary name; <see cref="ShardCommits"/> makes them durable and names them. What goes
/// wrong there is thrown by the next <see cref="RecordAsync"/> and by <see cref="CompleteAsync"/>.
/// </summary>
internal sealed class ShardSink : IShardSink, IDisposable
{
    private readonly ShardFolder _folder;
    private readonly ShardStates _finished;
    private readonly Func<IShardWriter> _createWriter;
    private readonly IReadOnlyList<IVolumeReader> _readers;
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), ShardFile> _open = new();
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), SafeFileHandle> _stored = new();
    private readonly ShardCommits _commits;
    private readonly int _chunksPerShard;
    private readonly long _mostWaiting;
    private long _waitingBytes;

    /// <param name="log">Where finished shards are recorded.</param>
    /// <param name="finished">What an earlier run left, checked.</param>
    /// <param name="readers">A reader of each level as far as it exists.</param>
    /// <param name="memory">How many bytes of encoded parts may wait in memory for those before them.</param>
    /// <param name="atOnce">Shards are made durable one by one, not in batches.</param>
    public ShardSink(
        ShardFolder folder, IShardLog log, ShardStates finished, ShardCodec codec,
        IReadOnlyList<LevelGrid> levels, int elementSize, IReadOnlyList<IVolumeReader> readers, long memory, bool atOnce)
    {
        (_folder, _finished, _readers, _mostWaiting) = (folder, finished, readers, memory);
        var (shard, part, chunk) = (levels[0].Shard, levels[0].Part, levels[0].Chunk);
        var chunkLength = checked((int)(chunk.Volume * elementSize));
        _chunksPerShard = checked((int)NdIndex.FloorDivide(shard, chunk).Volume);
        _createWriter = () => new ShardWriter(this, codec, elementSize, chunkLength, shard == part);
        var chunksOfPart = NdIndex.FloorDivide(NdIndex.Min(part, NdIndex.CeilingDivide(levels[0].Shape, chunk) * chunk), chunk).Volume;
        Parts = new BufferPool(shard == part ? 0 : checked((int)(chunksOfPart * ShardWriter.ChunkRoom(codec, chunkLength))));
        // A volume that would crowd out everything else that the page cache holds does not stay there once it is on the disk.
        _commits = new ShardCommits(folder, log, leavesCache: levels[0].Shape.Volume * elementSize > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, atOnce);
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
            _folder.File(level, position) + ShardFolder.SpillSuffix, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
    });

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (IOException e)
        {
            throw _folder.Refused(e);
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
            throw _folder.Refused(e);
        }
    }

    public ValueTask RecordAsync(ShardRecord shard, CancellationToken cancellation)
    {
        _open.TryRemove((shard.Level, shard.Position), out _);
        _stored.TryRemove((shard.Level, shard.Position), out var file);
        return _commits.AddAsync(shard, file, cancellation);
    }

    public async ValueTask ReadBackAsync(int level, Box box, Memory<byte> voxels, CancellationToken cancellation)
    {
        try
        {
            await _readers[level].ReadAsync(box, voxels, cancellation);
        }
        catch (EmException e) when (e.Fault == Fault.Corrupt)
        {
            throw new EmException(Fault.Corrupt, $"{e.Message} It was whole when an earlier run wrote it: Verify sets what is damaged aside, then Rechunk makes it again.", e);
        }
    }

    /// <summary>Returns when every shard recorded so far is durable. No more can be recorded.</summary>
    /// <exception cref="EmException">Some could not be made durable.</exception>
    public Task CompleteAsync() => _commits.CompleteAsync();

    /// <summary>To be called when the sink has completed.</summary>
    public void Dispose()
    {
        foreach (var shard in _open.Values)
            shard.Dispose();
        foreach (var file in _stored.Values)
            file.Dispose();
        Parts.Dispose();
    }
}
