using System.Collections.Concurrent;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Stores shards as files and makes them durable in batches, in this order: the file's bytes, the journal's line, the file's final name.
/// So a shard under its final name is always whole and listed, and a run that goes on never writes it again; a listed shard that still has
/// its temporary name only lacks the renaming.
/// </summary>
internal sealed class ShardSink : IShardSink, IDisposable
{
    // A batch begins when the last one is on the disk: the slower the disk, the larger the batches. Each waiting shard holds an open file.
    private const int LeastBatch = 16;
    private const int MaxWaiting = 256;
    private const long GarbageBytes = 1 << 20;

    private readonly ShardFolder _folder;
    private readonly ShardJournal _journal;
    private readonly IReadOnlyDictionary<(int Level, NdIndex Position), BlockRecord> _finished;
    private readonly Func<IShardWriter> _createWriter;
    private readonly IReadOnlyList<IVolumeReader> _readers;
    private readonly LevelGrid[] _levels;
    private readonly bool _leavesCache;
    private readonly ConcurrentDictionary<(int Level, NdIndex Position), SafeFileHandle> _stored = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _room = new(MaxWaiting);
    private List<Entry> _waiting = [];
    private Task _committing = Task.CompletedTask;
    private long _allocatedAtCollection = GC.GetTotalAllocatedBytes();

    /// <param name="finished">What an earlier run left, checked.</param>
    /// <param name="readers">A reader of each level as far as it exists.</param>
    public ShardSink(
        ShardFolder folder, ShardJournal journal, IReadOnlyDictionary<(int Level, NdIndex Position), BlockRecord> finished, ShardCodec codec,
        IReadOnlyList<LevelGrid> levels, int elementSize, IReadOnlyList<IVolumeReader> readers)
    {
        (_folder, _journal, _finished, _readers, _levels) = (folder, journal, finished, readers, [.. levels]);
        // A volume that would crowd out everything else that the page cache holds does not stay there once it is on the disk.
        _leavesCache = levels[0].Shape.Volume * elementSize > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
        var (chunkLength, chunks) = (checked((int)(levels[0].Chunk.Volume * elementSize)), NdIndex.FloorDivide(levels[0].Shard, levels[0].Chunk).Volume);
        _createWriter = () => new ShardWriter(this, codec, chunkLength, checked((int)chunks));
    }

    public bool HasFinished => _finished.Count > 0;

    public BlockRecord? Find(int level, NdIndex position) => _finished.GetValueOrDefault((level, position));

    public IShardWriter CreateWriter() => _createWriter();

    /// <summary>Opens a shard's file under its temporary name.</summary>
    public SafeFileHandle Create(int level, NdIndex position)
    {
        try
        {
            _folder.Make(level, position);
            return File.OpenHandle(_folder.File(level, position) + Durable.PartialSuffix, FileMode.Create, FileAccess.Write);
        }
        catch (IOException e)
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
    public EmException Failed(IOException cause) =>
        new(Fault.Machine, $"{_folder.Root}: {cause.Message} Free some space, then run again: finished shards are kept.", cause);

    public async ValueTask RecordAsync(NdIndex position, BlockRecord record, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        _stored.TryRemove((record.Level, position), out var handle);
        lock (_lock)
        {
            _waiting.Add(new Entry(position, record, handle));
            if (_waiting.Count >= LeastBatch && _committing.IsCompleted)
                BeginCommit();
        }
    }

    public ValueTask ReadBackAsync(int level, NdIndex position, Memory<byte> voxels, CancellationToken cancellation) =>
        _readers[level].ReadAsync(_levels[level].Valid(position), voxels, cancellation);

    /// <summary>Returns when every shard recorded so far is durable.</summary>
    public async Task CompleteAsync()
    {
        while (true)
        {
            Task running;
            lock (_lock)
            {
                if (_committing.IsCompleted)
                {
                    if (_waiting.Count == 0 && !_committing.IsFaulted)
                        return;
                    if (!_committing.IsFaulted)
                        BeginCommit();
                }

                running = _committing;
            }

            await running;
        }
    }

    public void Dispose()
    {
        foreach (var handle in _stored.Values)
            handle.Dispose();
        foreach (var entry in _waiting)
            entry.File?.Dispose();
        _room.Dispose();
    }

    private void BeginCommit()
    {
        if (_committing.IsFaulted)
            return;
        var batch = _waiting;
        _waiting = [];
        // Its own thread: it waits for the disk nearly all the time.
        _committing = Task.Factory.StartNew(() => Commit(batch), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Commit(List<Entry> batch)
    {
        try
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

            _journal.Append(batch.Select(entry => (entry.Position, entry.Record)));
            var folders = new HashSet<string>();
            foreach (var entry in batch)
            {
                if (entry.File is null)
                    continue;
                var path = _folder.File(entry.Record.Level, entry.Position);
                File.Move(path + Durable.PartialSuffix, path, overwrite: true);
                folders.Add(Path.GetDirectoryName(path)!);
            }

            foreach (var folder in folders)
                Durable.FlushFolder(folder);
            CollectGarbage();
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
        finally
        {
            _room.Release(batch.Count);
        }
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

    private readonly record struct Entry(NdIndex Position, BlockRecord Record, SafeFileHandle? File);
}
