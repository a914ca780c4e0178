using EmPipeline.Stages.Download;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Download;

/// <summary>What <c>Download --plan</c> says comes true, and it fetches nothing.</summary>
public sealed class DownloadPlanTests : IDisposable
{
    private static readonly NdIndex Shape = new(12, 40, 48);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(5, false)]
    [InlineData(200, true)]
    public async Task Files_that_are_not_here_are_counted_and_nothing_is_fetched(int count, bool estimated)
    {
        await using var server = new FileServer();
        for (var i = 0; i < count; i++)
            server.Files[$"{i:d3}.tif"] = new byte[1000];
        var run = new StageRun(_folder);
        var datasets = $"  mine: {{ source: {{ http: \"{server.Address($"{{000..{count - 1:d3}}}.tif")}\" }} }}\n";
        var plan = await PlanAsync(datasets);
        (plan.Objects, plan.Bytes, plan.Requests, plan.IsEstimate).Should().Be((count, 1000L * count, count, estimated));
        server.Sent.Should().BeEmpty();
        run.Raw("mine").Should().BeEmpty();

        await run.RunAsync(datasets, Stage.Download);
        server.Sent.Values.Sum().Should().Be(plan.Bytes);
        (await PlanAsync(datasets)).ToString().Should().Be("nothing to fetch");
        File.Delete(Path.Combine(run.Data.Raw("mine"), "003.tif"));
        (await PlanAsync(datasets)).ToString().Should().Be("1 object, 0.0 MB, 1 request", "its length is locked");
    }

    [Fact]
    public async Task A_crop_of_a_precomputed_volume_is_planned_from_its_description()
    {
        TestVolumes.WritePrecomputed(_folder["source"], TestVolumes.Make(Shape), Shape, new NdIndex(4, 8, 16), sharded: true);
        var run = new StageRun(_folder);
        var datasets = $"  mine: {{ source: {{ precomputed: \"{new Uri(_folder["source"]).AbsoluteUri}\" }}, crop: {{ shape: [4, 8, 16], origin: [0, 0, 0] }} }}\n";
        var plan = await PlanAsync(datasets);
        (plan.Objects > 0, plan.Bytes > 0, plan.IsEstimate).Should().Be((true, true, true));
        run.Raw("mine").Should().BeEmpty();
        await run.RunAsync(datasets, Stage.Download);
        run.Raw("mine").Should().HaveCount((int)plan.Objects);
        (await PlanAsync(datasets)).Objects.Should().Be(0);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_told_now()
    {
        await using var server = new FileServer();
        var plan = () => PlanAsync($"  mine: {{ source: {{ http: \"{server.Address("no.tif")}\" }} }}\n");
        (await plan.Should().ThrowAsync<EmException>()).WithMessage($"{server.Address("no.tif")}: got no such object (404)*");
    }

    private Task<DownloadTally> PlanAsync(string datasets)
    {
        var run = PipelineRun.Open(_folder.Write("pipeline.yaml", "version: 1\ndatasets:\n" + datasets), new DataFolder(_folder["data"]), _folder["pipeline.lock.json"]);
        return run.PlanDownloadAsync("mine", TestContext.Current.CancellationToken);
    }
}
