namespace EmPipeline.Storage;

/// <summary>What stores that are opened together share: their limit of requests, their caches, their figures.</summary>
internal sealed class RemoteTraffic(int requests, MemoryPages? memory, DiskPages? disk)
{
    private readonly SemaphoreSlim _free = new(requests);
    private long _requests;
    private long _bytesFetched;
    private long _bytesCached;

    public PageCache? Pages { get; } = memory is null && disk is null ? null : new PageCache(memory, disk);

    public long Requests => Interlocked.Read(ref _requests);

    public long BytesFetched => Interlocked.Read(ref _bytesFetched);

    public long BytesCached => Interlocked.Read(ref _bytesCached);

    public void CountFetched(long bytes)
    {
        Interlocked.Add(ref _bytesFetched, bytes);
        StorageMeter.Bytes.Add(bytes);
    }

    public void CountCached(long bytes)
    {
        Interlocked.Add(ref _bytesCached, bytes);
        StorageMeter.CachedBytes.Add(bytes);
    }

    /// <summary>Makes a request when it is its turn.</summary>
    public async ValueTask<T> AskAsync<T>(Func<ValueTask<T>> ask, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        try
        {
            Interlocked.Increment(ref _requests);
            StorageMeter.Reads.Add(1);
            return await ask();
        }
        finally
        {
            _free.Release();
        }
    }
}
