using EmPipeline.Catalog;

namespace EmPipeline.Torch.Tests.Remote;

public sealed class CatalogCopyTests(TestCatalog catalog)
{
    [Fact]
    public async Task A_catalogue_that_has_not_changed_is_opened_with_one_request()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await OpenAsync(served);
        served.Server.Requests.Clear();
        (await OpenAsync(served)).Should().Be(Datasets);
        served.Server.Requests.Should().ContainSingle().Which.Should().StartWith("HEAD ");
    }

    [Fact]
    public async Task A_catalogue_that_has_changed_is_fetched_and_who_has_the_old_one_keeps_it()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        var old = await CatalogReader.OpenAsync(served.Address, served.Options.Remote, TestContext.Current.CancellationToken);
        foreach (var (key, bytes) in served.Server.Objects.Where(item => item.Key.Contains("/mixed/", StringComparison.Ordinal)))
            served.Server.Objects[key.Replace("/mixed/", "/catalog/", StringComparison.Ordinal)] = bytes;
        (await OpenAsync(served)).Should().Be(Datasets + 1);
        (await old.QueryAsync("SELECT * FROM datasets", cancellation: TestContext.Current.CancellationToken)).Count.Should().Be(Datasets);
    }

    [Fact]
    public async Task Two_that_open_it_at_the_same_time_share_one_copy()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await Task.WhenAll(OpenAsync(served), OpenAsync(served), OpenAsync(served));
        served.Server.Requests.Count(request => request.StartsWith("GET ", StringComparison.Ordinal)).Should().Be(1);
    }

    private int Datasets => catalog.Volumes.Count - 1;

    private static async Task<int> OpenAsync(ServedCatalog served)
    {
        var reader = await CatalogReader.OpenAsync(served.Address, served.Options.Remote, TestContext.Current.CancellationToken);
        return (await reader.QueryAsync("SELECT * FROM datasets", cancellation: TestContext.Current.CancellationToken)).Count;
    }
}
