namespace EmPipeline.Storage;

/// <summary>Opens addresses of a network; what it opens shares its caches and its limit of requests. Safe for concurrent use.</summary>
public sealed class RemoteStores
{
    private readonly RemoteOptions _options;
    private readonly RemoteTraffic _traffic;

    public RemoteStores(RemoteOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Requests, 1);
        _options = options;
        var disk = options.DiskBytes > 0 ? new DiskPages(Path.Combine(options.Folder, "pages"), options.DiskBytes) : null;
        _traffic = new RemoteTraffic(options.Requests, options.MemoryBytes >= PageCache.PageLength ? new MemoryPages(options.MemoryBytes) : null, disk);
    }

    /// <summary>Whether an address is one of a network rather than a folder of this machine.</summary>
    public static bool IsRemote(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "s3" or "gs";

    /// <summary>Requests made so far.</summary>
    public long Requests => _traffic.Requests;

    /// <summary>Bytes that came over the network.</summary>
    public long BytesFetched => _traffic.BytesFetched;

    /// <summary>Bytes that were had without a request.</summary>
    public long BytesCached => _traffic.BytesCached;

    /// <summary>Opens a folder; keys are relative to it. The caller disposes the store.</summary>
    /// <exception cref="StorageException">The address cannot be used.</exception>
    public IVersionedStore Open(Uri address) => new RemoteStore(StoreFactory.Open(address, options: _options.Stores), _traffic);
}
