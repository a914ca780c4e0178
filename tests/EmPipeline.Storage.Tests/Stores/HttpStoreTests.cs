namespace EmPipeline.Storage.Tests;

public class HttpStoreTests : StoreConformance
{
    private ObjectServer _server = null!;

    protected override bool Lists => false;

    protected override async Task<IStore> MakeAsync(IReadOnlyDictionary<string, byte[]> objects)
    {
        _server = await ObjectServer.StartAsync();
        Configure(_server);
        foreach (var (key, bytes) in objects)
            _server.Objects[$"data/ folder/{key}"] = bytes;
        return new HttpStore(new Uri(_server.Address, "data/%20folder/"), TestRetries.Http());
    }

    private protected virtual void Configure(ObjectServer server)
    {
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }
}

public sealed class HttpStoreWithoutRangesTests : HttpStoreTests
{
    private protected override void Configure(ObjectServer server) => server.Ranges = false;
}

public sealed class HttpStoreWithoutHeadTests : HttpStoreTests
{
    private protected override void Configure(ObjectServer server) => server.Head = false;
}
