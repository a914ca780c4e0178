using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>
/// Brings the objects of one dataset to their raw files, each held to the lock file, those that are there already left alone.
/// </summary>
internal sealed class Fetcher(StageContext context, IReadOnlyDictionary<string, LockedObject> locked, DownloadJournal journal)
{
    private readonly Downloader _downloader = new(new DownloaderOptions());
    private readonly string _raw = context.Data.Raw(context.Dataset.Name);
    private long _done;
    private long _total;
    private long _transferred;
    private int _fetched;

    /// <summary>Bytes that came over the wire.</summary>
    public long Transferred => Interlocked.Read(ref _transferred);

    /// <summary>How many files were fetched rather than found.</summary>
    public int Fetched => _fetched;

    /// <summary>Fetches all, in parallel.</summary>
    /// <param name="parallel">Files under way at a time.</param>
    /// <returns>In the order of <paramref name="files"/>.</returns>
    public async Task<IReadOnlyList<LockedObject>> FetchAsync(IReadOnlyList<RemoteFile> files, int parallel, CancellationToken cancellation)
    {
        var results = new LockedObject[files.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellation };
        var known = new ExpectedFile?[files.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), options, async (i, token) =>
        {
            known[i] = await ExpectAsync(files[i], token);
            Interlocked.Add(ref _total, known[i]!.Length ?? 0);
        });
        Report(0);
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), options, async (i, token) => results[i] = await FetchAsync(files[i], known[i]!, token));
        return results;
    }

    /// <summary>The raw file as it was fetched before, when it is still there and still what is wanted; else null.</summary>
    public LockedObject? Present(string key, ExpectedFile? wanted)
    {
        if ((journal.Find(key) ?? locked.GetValueOrDefault(key)) is not { } entry)
            return null;
        var file = new FileInfo(Path.Combine(_raw, key));
        var same = file.Exists && file.Length == entry.Length
            && (wanted?.Sha256 is null || wanted.Sha256 == entry.Sha256) && (wanted?.Length is null || wanted.Length == entry.Length)
            && (!context.UpdateLock || wanted?.ETag is null || wanted.ETag == entry.ETag);
        return same ? entry : null;
    }

    /// <summary>Counts bytes done towards the total.</summary>
    public void Report(long bytes) => context.Progress.Report(new StageProgress(Interlocked.Add(ref _done, bytes), Interlocked.Read(ref _total)));

    public void AddTotal(long bytes) => Interlocked.Add(ref _total, bytes);

    public void AddFetched(LockedObject entry, long transferred)
    {
        Interlocked.Increment(ref _fetched);
        Interlocked.Add(ref _transferred, transferred);
        journal.Add(entry);
    }

    private async ValueTask<ExpectedFile> ExpectAsync(RemoteFile file, CancellationToken cancellation)
    {
        if (!context.UpdateLock && locked.TryGetValue(file.Key, out var entry))
            return new ExpectedFile(entry.Length, entry.Sha256, ETag: entry.ETag);
        if (file.Known is { } known)
            return known;
        var found = await file.Store.FindAsync(file.StoreKey, cancellation)
            ?? throw EmException.Unavailable(file.Url, "got 404 Not Found, expected a file. Check the address in the configuration.");
        return ExpectedFile.From(found);
    }

    private async ValueTask<LockedObject> FetchAsync(RemoteFile file, ExpectedFile expected, CancellationToken cancellation)
    {
        if (Present(file.Key, expected) is { } present)
        {
            Report(present.Length);
            return present;
        }

        var isLocked = !context.UpdateLock && locked.ContainsKey(file.Key);
        try
        {
            var got = await _downloader.DownloadAsync(file.Store, file.StoreKey, Path.Combine(_raw, file.Key), expected, new Bytes(this), cancellation);
            var entry = new LockedObject(file.Key, file.Url, got.Length, got.ETag, got.Sha256);
            AddFetched(entry, got.BytesTransferred);
            return entry;
        }
        catch (StorageException e) when (isLocked && e.Fault == StorageFault.Content)
        {
            throw EmException.Unavailable(
                file.Url, $"the source has changed since it was locked in {context.LockFile}: {e.Message} Run again with --update-lock to accept what is there now.", e);
        }
    }

    // Progress<T> would post each report to another thread.
    private sealed class Bytes(Fetcher fetcher) : IProgress<long>
    {
        public void Report(long value) => fetcher.Report(value);
    }
}
