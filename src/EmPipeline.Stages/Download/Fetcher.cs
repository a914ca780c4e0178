using System.Collections.Concurrent;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>
/// Brings the objects of one dataset to their raw files, each held to the lock file, those that are there already left alone.
/// </summary>
internal sealed class Fetcher(StageContext context, LockedObjects locked, DownloadJournal journal) : IProgress<long>
{
    private const int AsksAtATime = 8;

    // Of so many at a time it is known what they come to: enough for most sources whole, few enough to be held.
    private const int LookAhead = 1 << 14;
    private readonly Downloader _downloader = new(new DownloaderOptions { Bandwidth = context.Bandwidth });
    private readonly string _raw = context.Data.Raw(context.Dataset.Name);
    private long _done;
    private long _total;
    private long _transferred;
    private int _fetched;

    /// <summary>Where what would be fetched is counted instead of fetched; null to fetch it.</summary>
    public DownloadTally? Tally { get; init; }

    /// <summary>Bytes that came over the wire.</summary>
    public long Transferred => Interlocked.Read(ref _transferred);

    /// <summary>How many files were fetched rather than found.</summary>
    public int Fetched => _fetched;

    /// <summary>Fetches all, side by side: an object a request, nothing asked beforehand of what a listing, the lock file or the answer itself tells.</summary>
    /// <param name="atATime">Files under way at a time.</param>
    /// <returns>Those that are here now: optional ones that the source does not have are left out.</returns>
    public async Task<LockedObjects> FetchAsync(IAsyncEnumerable<RemoteFile> files, int atATime, CancellationToken cancellation)
    {
        var found = new LockedObjects();
        var underWay = new ConcurrentDictionary<string, RemoteFile>(StringComparer.Ordinal);
        if (Tally is { } tally)
        {
            await tally.AddAsync(await ItemsAsync().ToListAsync(cancellation), cancellation);
            return found;
        }

        try
        {
            await foreach (var (item, got) in _downloader.DownloadAllAsync(ItemsAsync(), atATime, this, cancellation))
            {
                underWay.Remove(item.TargetPath, out var file);
                if (got is null)
                    continue;
                var entry = new LockedObject(file!.Key, file.Url, got.Length, got.ETag, got.Sha256);
                AddFetched(entry, got.BytesTransferred);
                lock (found)
                    found.Add(entry);
            }
        }
        catch (StorageException e) when (e.Fault == StorageFault.Content && !context.UpdateLock && LockedAt(e.Place) is { } url)
        {
            throw EmException.Unavailable(
                url, $"the source has changed since it was locked in {context.LockFile}: {e.Message} Run again with --update-lock to accept what is there now.", e);
        }

        return found;

        // What is here already is found on the way.
        async IAsyncEnumerable<DownloadItem> ItemsAsync()
        {
            await foreach (var next in files.Chunk(LookAhead).WithCancellation(cancellation))
            {
                var items = new List<DownloadItem>();
                foreach (var (file, expected) in await ExpectAsync(next, cancellation))
                {
                    AddTotal(expected?.Length ?? 0);
                    if (Present(file.Key, file.Url, expected) is { } present)
                    {
                        if (expected?.Length is null)
                            AddTotal(present.Length);
                        Report(present.Length);
                        lock (found)
                            found.Add(present);
                        continue;
                    }

                    var item = new DownloadItem(file.Store, file.StoreKey, Path.Combine(_raw, file.Key), expected, file.Optional) { Sized = AddTotal };
                    underWay[item.TargetPath] = file;
                    items.Add(item);
                }

                Report(0);
                foreach (var item in items)
                    yield return item;
            }
        }

        string? LockedAt(string place) => underWay.Values.FirstOrDefault(file => file.Store.Locate(file.StoreKey) == place && locked.Find(file.Key) is not null)?.Url;
    }

    /// <summary>The raw file as it was fetched before, when it is still there and still what is wanted; else null.</summary>
    /// <param name="url">Where it would be fetched from: another source's file of the same name is not it, unless its content is what is wanted.</param>
    public LockedObject? Present(string key, string url, ExpectedFile? wanted)
    {
        if ((journal.Find(key) ?? locked.Find(key)) is not { } entry)
            return null;
        if (!context.UpdateLock && locked.Find(key) is { } promised)
            wanted ??= new ExpectedFile(promised.Length, promised.Sha256);
        var file = new FileInfo(Path.Combine(_raw, key));
        var same = file.Exists && file.Length == entry.Length && (entry.Url == url || entry.Sha256 == wanted?.Sha256)
            && (wanted?.Sha256 is null || wanted.Sha256 == entry.Sha256) && (wanted?.Length is null || wanted.Length == entry.Length)
            && (!context.UpdateLock || wanted?.ETag is null || wanted.ETag == entry.ETag);
        return same ? entry with { Url = url } : null;
    }

    /// <summary>Counts bytes done towards the total.</summary>
    public void Report(long value) => context.Progress.Report(new StageProgress(Interlocked.Add(ref _done, value), Interlocked.Read(ref _total)));

    public void AddTotal(long bytes) => Interlocked.Add(ref _total, bytes);

    public void AddFetched(LockedObject entry, long transferred)
    {
        Interlocked.Increment(ref _fetched);
        Interlocked.Add(ref _transferred, transferred);
        journal.Add(entry);
    }

    /// <summary>What is known of each file. Only a file that is here, and may stay if the source still has the same, is asked for beforehand.</summary>
    private async Task<IReadOnlyList<(RemoteFile File, ExpectedFile? Expected)>> ExpectAsync(IReadOnlyList<RemoteFile> files, CancellationToken cancellation)
    {
        var asked = new ConcurrentDictionary<string, StoredObject?>(StringComparer.Ordinal);
        if (context.UpdateLock)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = AsksAtATime, CancellationToken = cancellation };
            await Parallel.ForEachAsync(files.Where(file => file.Known is null && Present(file.Key, file.Url, wanted: null) is not null), options, async (file, token) =>
            {
                asked[file.Key] = await file.Store.FindAsync(file.StoreKey, token);
                if (asked[file.Key] is null && !file.Optional)
                    throw EmException.Unavailable(file.Url, "got 404 Not Found, expected a file. Check the address in the configuration.");
            });
        }

        return files.Where(file => !asked.TryGetValue(file.Key, out var there) || there is not null)
            .Select(file => (file, asked.GetValueOrDefault(file.Key) is { } there ? ExpectedFile.From(there) : Known(file))).ToList();
    }

    private ExpectedFile? Known(RemoteFile file) =>
        !context.UpdateLock && locked.Find(file.Key) is { } entry ? new ExpectedFile(entry.Length, entry.Sha256, ETag: entry.ETag) : file.Known;
}
