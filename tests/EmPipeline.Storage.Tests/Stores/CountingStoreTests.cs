namespace EmPipeline.Storage.Tests;

public sealed class CountingStoreTests : StoreConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override async Task<IStore> MakeAsync(IReadOnlyDictionary<string, byte[]> objects)
    {
        foreach (var (key, bytes) in objects)
            await _folder.WriteAsync(key, bytes);
        return new CountingStore(new LocalStore(_folder.Path));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Counts_what_is_asked_and_handed_over()
    {
        await _folder.WriteAsync("counted", new byte[1000]);
        var store = new CountingStore(new LocalStore(_folder.Path));
        await store.FindAsync("counted");
        await store.ReadAsync("counted", 10, new byte[100]);
        await store.ReadAsync("absent", 10, new byte[100]);
        await store.ReadAllAsync("counted");
        (store.Finds, store.Reads, store.Lists, store.Bytes).Should().Be((1, 3, 0, 1100));

        store.Reset();
        using var downloader = new Downloader(new DownloaderOptions { PieceSize = 300 });
        await downloader.DownloadAsync(store, "counted", _folder["copy"]);
        (store.Finds, store.Reads, store.Lists, store.Bytes).Should().Be((0, 4, 0, 1000));
    }
}
