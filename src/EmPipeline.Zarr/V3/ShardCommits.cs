using System.Threading.Channels;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Makes shards durable in batches, in this order: the file's bytes, its slot in the table, its final name. So a shard under its final name
/// is always whole and recorded, and a run that goes on never writes it again; a recorded shard that still has its temporary name only lacks
/// the renaming. Safe for concurrent use.
/// </summary>
internal sealed class ShardCommits
{
    // A batch begins when the last one is on the disk: the slower the disk, the larger the batches. Each waiting shard holds an open file.
    private const int UsualBatch = 16;
    private const int MaxWaiting = 128;
    private const long GarbageBytes = 1 << 20;
    private const int FullCollection = 8;

    private readonly ShardFolder _folder;
    private readonly IShardLog _log;
    private readonly bool _leavesCache;
    private readonly int _leastBatch;
    private readonly Channel<Entry> _waiting = Channel.CreateBounded<Entry>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly Task _committing;
    private long _allocatedAtCollection = GC.GetTotalAllocatedBytes();
    private int _collections;

    /// <param name="leavesCache">Files that are on the disk are dropped from the page cache.</param>
    /// <param name="atOnce">No shard waits for others: for shards that cost more than a wait for the disk.</param>
    public ShardCommits(ShardFolder folder, IShardLog log, bool leavesCache, bool atOnce)
    {
        (_folder, _log, _leavesCache, _leastBatch) = (folder, log, leavesCache, atOnce ? 1 : UsualBatch);
        // Its own thread: it waits for the disk nearly all the time.
        _committing = Task.Factory.StartNew(CommitAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits for room, then takes a shard that has been written.</summary>
    /// <param name="file">Under its temporary name, open; owned from now on. Null for a shard without a file.</param>
    /// <exception cref="EmException">Some shard taken before could not be made durable.</exception>
    public async ValueTask AddAsync(ShardRecord shard, SafeFileHandle? file, CancellationToken cancellation)
    {
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

    /// <summary>Returns when every shard taken so far is durable. No more can be added.</summary>
    /// <exception cref="EmException">Some could not be made durable.</exception>
    public Task CompleteAsync()
    {
        _waiting.Writer.TryComplete();
        return _committing;
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
            var cause = e is IOException or UnauthorizedAccessException ? _folder.Refused(e) : e;
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
            if (batch.Count >= _leastBatch)
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

        _log.Write(batch.Select(entry => entry.Shard));
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
