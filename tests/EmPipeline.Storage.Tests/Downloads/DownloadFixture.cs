using System.Security.Cryptography;

namespace EmPipeline.Storage.Tests;

/// <summary>A server, a store on it, a downloader with small pieces and a folder, anew for each test.</summary>
public abstract class DownloadFixture : IAsyncLifetime
{
    protected const int Piece = 64 << 10;
    protected const int PerObject = 4;

    private protected ObjectServer Server { get; private set; } = null!;

    private protected TemporaryFolder Folder { get; } = new();

    private protected SkippingTime Time { get; } = new();

    protected HttpStore Store { get; private set; } = null!;

    protected Downloader Downloader { get; private set; } = null!;

    private protected DownloaderOptions Options => new() { PieceSize = Piece, ConnectionsPerObject = PerObject, Connections = 6, Retry = TestRetries.Of(Time) };

    public async ValueTask InitializeAsync()
    {
        Server = await ObjectServer.StartAsync();
        Store = new HttpStore(Server.Address, TestRetries.Http(Time));
        Downloader = new Downloader(Options);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Server.DisposeAsync();
        Downloader.Dispose();
        Folder.Dispose();
    }

    /// <summary>Gives the server an object of noise.</summary>
    private protected byte[] Put(string key, int length, int seed = 0)
    {
        var bytes = new byte[length];
        new Random(length + seed).NextBytes(bytes);
        return Server.Objects[key] = bytes;
    }

    protected static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Adds progress up, and does something once when it passes a mark.</summary>
    protected sealed class Sum(long mark = long.MaxValue, Action? then = null) : IProgress<long>
    {
        private long _total;
        private int _passed;

        public long Total => Interlocked.Read(ref _total);

        public void Report(long value)
        {
            if (Interlocked.Add(ref _total, value) >= mark && Interlocked.Exchange(ref _passed, 1) == 0)
                then?.Invoke();
        }
    }
}
