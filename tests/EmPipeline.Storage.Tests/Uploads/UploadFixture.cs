
namespace EmPipeline.Storage.Tests;

/// <summary>A bucket on a server, a folder of files, and what a publisher of them keeps.</summary>
public abstract class UploadFixture : IAsyncLifetime
{
    protected const int Part = 5 << 20;

    private protected WritableS3Server Server { get; private set; } = null!;

    private protected TemporaryFolder Folder { get; } = new();

    private protected SkippingTime Time { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "secret of the tests");
        Server = await WritableS3Server.StartAsync(pageSize: 4);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Folder.Dispose();
    }

    private protected IUploadStore Open(int attempts = 6) => UploadStores.Open(new Uri("s3://bucket/some/prefix"), new StoreOptions { S3 = TestRetries.S3(Server.Address, Time, attempts) });

    /// <summary>Writes a file of noise.</summary>
    private protected UploadItem Write(string key, int length, int seed = 0, bool known = true)
    {
        var bytes = new byte[length];
        new Random(length + seed).NextBytes(bytes);
        Directory.CreateDirectory(Path.GetDirectoryName(Folder[key])!);
        File.WriteAllBytes(Folder[key], bytes);
        return new UploadItem(key, Folder[key], length, known ? Crc32C.Compute(bytes) : null) { Identity = known ? $"made of {seed}" : null };
    }

    private protected byte[] Stored(string key) => Server.Objects["bucket/some/prefix/" + key];

    /// <summary>A run as a publisher makes it.</summary>
    private protected async Task<UploadCounts> UploadAsync(
        IReadOnlyList<UploadItem> items, bool withRecord = true, bool plan = false, IUploadStore? store = null, Func<CancellationToken, Task>? before = null, CancellationToken cancellation = default)
    {
        var own = store is null ? Open() : null;
        store ??= own!;
        try
        {
            using var record = new UploadRecord(Folder[withRecord ? "record" : Guid.NewGuid().ToString("N")]);
            var unfinished = await UnfinishedUploads.CollectAsync(store, _ => true, cancellation);
            var there = await StoredIndex.OfAsync(store, [""], cancellation);
            return await new Uploader(store, there, record, new UploaderOptions { PartSize = Part, Connections = 4 }, unfinished).RunAsync(items, before, null, plan, cancellation);
        }
        finally
        {
            await (own?.DisposeAsync() ?? default);
        }
    }
}
