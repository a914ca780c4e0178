using EmPipeline.Storage;
using EmPipeline.Tests.Servers;

namespace EmPipeline.Torch.Tests.Remote;

/// <summary>A data folder behind a web server or an S3 endpoint on loopback, and a cache of its own.</summary>
internal sealed class ServedCatalog : IAsyncDisposable
{
    private const string Bucket = "bucket", Prefix = "some data";
    private readonly TemporaryFolder _cache = new();
    private readonly bool _isS3;

    private ServedCatalog(ObjectServer server, bool isS3) => (Server, _isS3) = (server, isS3);

    public ObjectServer Server { get; }

    public string CacheFolder => _cache.Path;

    public string Address => _isS3 ? $"s3://{Bucket}/{Prefix}/catalog" : $"{Server.Address}{Bucket}/{Prefix}/catalog";

    public BlockOptions Options => new()
    {
        Values = BlockValues.Stored,
        Remote = new RemoteOptions
        {
            CacheFolder = _cache.Path,
            Stores = new StoreOptions { Http = TestRetries.Http(), S3 = _isS3 ? TestRetries.S3(Server.Address) : new() },
        },
    };

    public static async Task<ServedCatalog> StartAsync(TestCatalog catalog, bool isS3 = false)
    {
        var served = new ServedCatalog(isS3 ? await S3Server.StartAsync() : await ObjectServer.StartAsync(), isS3);
        foreach (var path in Directory.EnumerateFiles(catalog.Root, "*", SearchOption.AllDirectories))
            served.Server.Objects[$"{Bucket}/{Prefix}/{Path.GetRelativePath(catalog.Root, path).Replace('\\', '/')}"] = await File.ReadAllBytesAsync(path);
        return served;
    }

    /// <summary>The objects that are shards of volumes.</summary>
    public IEnumerable<string> Shards => Server.Objects.Keys.Where(IsShard);

    /// <summary>Requests for parts of shards since the queue was cleared.</summary>
    public int ShardReads => Server.Requests.Count(request => request.StartsWith("GET ", StringComparison.Ordinal) && IsShard(request));

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _cache.Dispose();
    }

    private static bool IsShard(string text) => text.Contains("/c/", StringComparison.Ordinal);
}
