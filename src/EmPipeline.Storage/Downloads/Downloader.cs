using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace EmPipeline.Storage;

/// <summary>
/// Brings objects of any store to local files: whole, checked against what is expected, durable, and never half-written under their
/// names. Safe for concurrent use; all downloads of one instance share its connections.
/// </summary>
/// <remarks>
/// Until it is whole a file is called <c>NAME.partial</c>, and a large one has a map of its pieces in <c>NAME.partial.json</c>, from which
/// a killed download goes on. Pieces belong to one ETag (or modification time) of the object: one that changes meanwhile starts over.
/// </remarks>
public sealed class Downloader : IDisposable
{
    private const int Restarts = 3;
    private const int BatchFiles = 256;
    private const long BatchBytes = 256L << 20;
    private readonly DownloaderOptions _options;
    private readonly SemaphoreSlim _connections;
    private readonly Retrier _retrier;

    public Downloader(DownloaderOptions? options = null)
    {
        _options = options ?? new DownloaderOptions();
        _connections = new SemaphoreSlim(_options.Connections);
        _retrier = new Retrier(_options.Retry);
    }

    /// <summary>Downloads one object.</summary>
    /// <param name="targetPath">Replaced when it exists; its folder is made where it is missing.</param>
    /// <param name="progress">Told of each byte that the file gains, resumed pieces included; of negative numbers when a transfer starts over.</param>
    /// <exception cref="StorageException">Unavailable, absent, not what was expected, or the disk refused: see <see cref="StorageException.Fault"/>.</exception>
    public async Task<DownloadedFile> DownloadAsync(
        IStore store, string key, string targetPath, ExpectedFile? expected = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var batch = new FileBatch();
        var file = await FetchAsync(new DownloadJob(store, key, targetPath, expected, progress, _connections), batch, cancellation);
        await batch.CommitAsync(cancellation);
        File.Delete(targetPath + ".partial.json");
        return file;
    }

    /// <summary>
    /// Downloads many objects side by side, and yields each once it is durable, in no particular order. Small files are flushed and named
    /// in batches. After a failure the files that are whole are still named and yielded, then the failure is thrown.
    /// </summary>
    public async IAsyncEnumerable<(DownloadItem Item, DownloadedFile File)> DownloadAllAsync(
        IStore store, IAsyncEnumerable<DownloadItem> items, IProgress<long>? progress = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var batch = new FileBatch();
        var done = Channel.CreateBounded<(DownloadItem, DownloadedFile)>(BatchFiles);
        var fetching = Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Connections, CancellationToken = stop.Token },
            async (item, token) =>
            {
                var job = new DownloadJob(store, item.Key, item.TargetPath, item.Expected, progress, _connections);
                await done.Writer.WriteAsync((item, await FetchAsync(job, batch, token)), stop.Token);
            });
        _ = fetching.ContinueWith(task => done.Writer.Complete(task.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            var waiting = new List<(DownloadItem Item, DownloadedFile File)>();
            var more = true;
            while (more)
            {
                more = await MoreAsync();
                while (done.Reader.TryRead(out var one) && Add(one))
                {
                }

                if (more && waiting.Count < BatchFiles && waiting.Sum(one => one.File.Length) < BatchBytes)
                    continue;
                await batch.CommitAsync(CancellationToken.None);
                foreach (var one in waiting)
                {
                    File.Delete(one.Item.TargetPath + ".partial.json");
                    yield return one;
                }

                waiting.Clear();
            }

            await fetching;

            bool Add((DownloadItem, DownloadedFile File) one)
            {
                waiting.Add(one);
                return waiting.Count < BatchFiles;
            }
        }
        finally
        {
            // Also when the caller stops early: nothing goes on writing behind its back.
            await stop.CancelAsync();
            await fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async ValueTask<bool> MoreAsync()
        {
            try
            {
                return await done.Reader.WaitToReadAsync(CancellationToken.None);
            }
            catch (Exception) when (fetching.IsCompleted)
            {
                return false;
            }
        }
    }

    public void Dispose() => _connections.Dispose();

    /// <summary>Fetches into the partial file, checks it, and hands it to the batch to be named.</summary>
    private async Task<DownloadedFile> FetchAsync(DownloadJob job, FileBatch batch, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(job.Target)!);
            for (var start = 0; start < Restarts; start++)
            {
                try
                {
                    var file = await TransferAsync(job, cancellation);
                    batch.Add(job.PartialPath, job.Target);
                    return file;
                }
                catch (ObjectChangedException)
                {
                    job.Discard();
                    job.Restart();
                }
            }

            throw new StorageException(job.Place, $"got {Restarts} changes of the object while it was downloaded, expected it to stay. Try again when it is no longer being written.");
        }
        catch (StorageException e) when (e.Fault == StorageFault.Content)
        {
            job.Discard();
            throw;
        }
        catch (Exception e) when (DiskFailures.IsLocal(e))
        {
            throw DiskFailures.From(job.Target, e);
        }
    }

    private async Task<DownloadedFile> TransferAsync(DownloadJob job, CancellationToken cancellation)
    {
        if (Resumable(job) is { } map)
            return await new PieceTransfer(job, map, _retrier, _options.ConnectionsPerObject).RunAsync(null, resumed: true, cancellation);
        // The first request brings the first piece, and with it the size, the version and whether the server has ranges.
        var first = await job.OpenAsync(0, job.Expected.Length == 0 ? null : Math.Min(_options.PieceSize, job.Expected.Length ?? long.MaxValue), null, cancellation);
        try
        {
            job.CheckAnswer(first);
            var whole = first.Length == first.Total;
            if (!whole && first is { Ranged: true, Total: { } total } && (first.ETag is not null || first.Modified is not null))
            {
                CheckSpace(job, total);
                var fresh = new PieceMap(job.Place, total, first.ETag, first.Modified, _options.PieceSize);
                return await new PieceTransfer(job, fresh, _retrier, _options.ConnectionsPerObject).RunAsync(Take(ref first), resumed: false, cancellation);
            }

            CheckSpace(job, first.Total ?? 0);
            return await WholeTransfer.RunAsync(job, whole ? Take(ref first) : null, _retrier, cancellation);
        }
        finally
        {
            if (first is not null)
                await first.DisposeAsync();
        }
    }

    /// <summary>The map of an earlier run that can be gone on with; what cannot is removed.</summary>
    private static PieceMap? Resumable(DownloadJob job)
    {
        if (!File.Exists(job.MapPath))
            return null;
        var map = PieceMap.TryLoad(job.MapPath, job.Place);
        var partial = new FileInfo(job.PartialPath);
        if (map is not null && partial.Exists && partial.Length == map.Length && (job.Expected.Length ?? map.Length) == map.Length
            && (job.Expected.ETag is null || job.Expected.ETag == map.ETag))
            return map;
        job.Discard();
        return null;
    }

    private void CheckSpace(DownloadJob job, long bytes)
    {
        if (bytes > _options.PieceSize && _options.FreeSpace(Path.GetDirectoryName(job.Target)!) is { } free && free < bytes)
        {
            throw new StorageException(
                job.Target, $"got {free >> 20} MiB of free disk space, expected {bytes >> 20} MiB or more. Free some space or choose another data folder (--data).", fault: StorageFault.Machine);
        }
    }

    private static ObjectPart Take(ref ObjectPart? part)
    {
        var taken = part!;
        part = null;
        return taken;
    }
}
