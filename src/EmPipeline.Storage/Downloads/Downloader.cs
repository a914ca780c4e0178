using System.Runtime.CompilerServices;

namespace EmPipeline.Storage;

/// <summary>
/// Brings objects of any store to local files: whole, checked against what is expected, durable, and never half-written under their
/// names. Safe for concurrent use; all downloads of one instance share its connections.
/// </summary>
/// <remarks>
/// Until it is whole a file is called <c>NAME.partial</c>, and a large one has a map of its pieces in <c>NAME.partial.json</c>, from which
/// a killed download goes on. Pieces belong to one version of the object, as its ETag or modification time tells (<see cref="VersionCheck"/>):
/// one that changes meanwhile starts over.
/// </remarks>
public sealed class Downloader : IDisposable
{
    private const int Restarts = 3;
    private readonly DownloaderOptions _options;
    private readonly SemaphoreSlim _connections;
    private readonly Retrier _retrier;

    public Downloader(DownloaderOptions? options = null)
    {
        _options = options ?? new DownloaderOptions();
        _connections = new SemaphoreSlim(_options.Connections);
        _retrier = new Retrier(_options.Retry);
    }

    /// <summary>
    /// Downloads many objects side by side, and yields each once it is durable, in no particular order. Files are flushed and named in
    /// batches. After a failure the files that are whole are still named and yielded, then the failure is thrown.
    /// </summary>
    /// <param name="atATime">Objects under way at the same time; null for as many as there are connections.</param>
    /// <param name="progress">Told of each byte that a file gains, resumed pieces included; of negative numbers when a transfer starts over.</param>
    /// <returns>What each item became; null for an optional one that is absent.</returns>
    /// <exception cref="StorageException">Unavailable, absent, not what was expected, or the disk refused: see <see cref="StorageException.Fault"/>.</exception>
    public IAsyncEnumerable<(DownloadItem Item, DownloadedFile? File)> DownloadAllAsync(
        IEnumerable<DownloadItem> items, int? atATime = null, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        DownloadAllAsync(items.ToAsyncEnumerable(), atATime, progress, cancellation);

    /// <summary>The same for items that are not known yet. The next is asked for when there is room for it.</summary>
    public async IAsyncEnumerable<(DownloadItem Item, DownloadedFile? File)> DownloadAllAsync(
        IAsyncEnumerable<DownloadItem> items, int? atATime = null, IProgress<long>? progress = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var files = DurableBatches.RunAsync(
            items,
            atATime ?? _options.Connections,
            async (item, batch, token) => (item, File: await FetchAsync(new DownloadJob(item, progress, _connections, _options.Bandwidth), batch, token)),
            cancellation);
        await foreach (var one in files)
        {
            if (one.File is not null)
                File.Delete(DownloadJob.MapOf(one.item.TargetPath));
            yield return one;
        }
    }

    public void Dispose() => _connections.Dispose();

    /// <summary>Fetches into the partial file, checks it, and hands it to the batch to be named.</summary>
    private async Task<DownloadedFile?> FetchAsync(DownloadJob job, FileBatch batch, CancellationToken cancellation)
    {
        try
        {
            // Nothing is asked for that cannot be kept; no folder is made for what may not exist.
            if (!job.IsOptional)
                job.MakeFolder();
            for (var start = 0; start < Restarts; start++)
            {
                try
                {
                    return await TransferAsync(job, batch, cancellation);
                }
                catch (ObjectChangedException)
                {
                    job.Discard();
                    job.Restart();
                }
            }

            throw new StorageException(job.Place, $"got {Restarts} changes of the object while it was downloaded, expected it to stay. Try again when it is no longer being written.");
        }
        catch (StorageException e) when (e.Fault == StorageFault.Absent && job.IsOptional)
        {
            return null;
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

    private async Task<DownloadedFile> TransferAsync(DownloadJob job, FileBatch batch, CancellationToken cancellation)
    {
        if (Resumable(job) is { } map)
            return await PiecesAsync(map, null, resumed: true);
        // The first request brings the first piece, and with it the size, the version and whether the server has ranges.
        var first = await job.OpenAsync(0, job.Expected.Length == 0 ? null : Math.Min(_options.PieceSize, job.Expected.Length ?? long.MaxValue), null, cancellation);
        try
        {
            job.CheckAnswer(first);
            if (job.IsOptional)
                job.MakeFolder();
            var whole = first.Length == first.Total;
            if (!whole && first is { Ranged: true, Total: { } total } && (first.ETag is not null || first.Modified is not null))
            {
                CheckSpace(job, total);
                var fresh = new PieceMap(job.Place, total, first.ETag, first.Modified, _options.PieceSize);
                return await PiecesAsync(fresh, Take(ref first), resumed: false);
            }

            CheckSpace(job, first.Total ?? 0);
            return await WholeTransfer.RunAsync(job, whole ? Take(ref first) : null, _retrier, batch, cancellation);
        }
        finally
        {
            if (first is not null)
                await first.DisposeAsync();
        }

        async Task<DownloadedFile> PiecesAsync(PieceMap pieces, ObjectPart? begun, bool resumed)
        {
            var file = await new PieceTransfer(job, pieces, _retrier, _options.ConnectionsPerObject).RunAsync(begun, resumed, cancellation);
            batch.Add(job.PartialPath, job.Target);
            return file;
        }
    }

    /// <summary>The map of an earlier run that can be gone on with; what cannot is removed.</summary>
    private static PieceMap? Resumable(DownloadJob job)
    {
        if (!File.Exists(job.MapPath))
            return null;
        var map = PieceMap.TryLoad(job.MapPath, job.Place);
        var partial = new FileInfo(job.PartialPath);
        if (map is not null && partial.Exists && partial.Length == map.Length && (job.Expected.Length ?? map.Length) == map.Length)
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
