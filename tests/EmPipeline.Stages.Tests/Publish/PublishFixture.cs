using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Publish;
using EmPipeline.Storage;

namespace EmPipeline.Stages.Tests.Publish;

/// <summary>A small pipeline that has run, and a bucket to publish it to.</summary>
public abstract class PublishFixture : IAsyncLifetime
{
    private protected const string To = "s3://bucket/some/prefix";
    private protected const string Below = "bucket/some/prefix/";

    private protected SmallPipeline Pipeline { get; } = new();

    private protected WritableS3Server Server { get; private set; } = null!;

    private protected SkippingTime Time { get; } = new();

    private protected List<string> Warnings { get; } = [];

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "secret of the tests");
        Server = await WritableS3Server.StartAsync();
        await Pipeline.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Pipeline.DisposeAsync();
    }

    /// <summary>The files that ought to be there, below the data folder.</summary>
    private protected IEnumerable<string> Wanted() => new[] { "zarr", "catalog" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Pipeline.Data.Root, folder), "*", SearchOption.AllDirectories)).Select(Pipeline.Data.Relative);

    private protected IEnumerable<string> Published() => Server.Objects.Keys.Where(key => key.StartsWith(Below, StringComparison.Ordinal)).Select(key => key[Below.Length..]);

    private protected void ShouldBePublished()
    {
        Published().Should().BeEquivalentTo(Wanted().Append("index.html").Append("cors.json"));
        foreach (var key in Wanted())
            Server.Objects[Below + key].Should().Equal(File.ReadAllBytes(Path.Combine(Pipeline.Data.Root, key)), key);
        Server.Unfinished.Should().BeEmpty();
    }

    private protected async Task<StageOutcome> PublishAsync(
        string to = To, bool plan = false, bool prune = false, int attempts = 6, SmallPipeline? pipeline = null, CancellationToken? cancellation = null)
    {
        var run = (pipeline ?? Pipeline).Open();
        Warnings.Clear();
        var options = new PublishOptions(to)
        {
            Plan = plan,
            Prune = prune,
            Stores = new StoreOptions { S3 = TestRetries.S3(Server.Address, Time, attempts) },
            Uploader = new UploaderOptions { Connections = 4, PartSize = 5 << 20 },
            Warn = Warnings.Add,
        };
        return await PublishStage.RunAsync(CatalogPlan.Of(run), run.Data, options, cancellation ?? Token);
    }
}
