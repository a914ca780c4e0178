using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Catalog;

/// <summary>Which datasets a catalogue holds: those that are complete, whichever configuration made them; the others it names.</summary>
public sealed class CatalogPlanTests : IAsyncDisposable
{
    private readonly SmallPipeline _pipeline = new();

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task A_stale_dataset_is_left_out_and_named_and_comes_back()
    {
        await RunAsync();
        Listed().Should().Equal("local", "remote");
        _pipeline.Configure(remote: ", chunk: [16, 16, 16]", local: ", title: new");
        await _pipeline.RunAsync(only: "local");
        _pipeline.Problems.Should().Contain("remote: not in the catalogue: Rechunk has to run: chunk changed: was [32,32,32], is [16,16,16]");
        Listed().Should().Equal("local");
        File.ReadAllText(_pipeline["data/catalog/report.html"]).Should().Contain("Left out").And.Contain("chunk changed");
        _pipeline.ToDo().Should().Equal("remote: Rechunk");
        await RunAsync();
        Listed().Should().Equal("local", "remote");
        File.ReadAllText(_pipeline["data/catalog/report.html"]).Should().NotContain("Left out");
    }

    [Fact]
    public async Task A_dataset_that_fails_half_way_is_left_out_and_the_others_are_there()
    {
        await RunAsync();
        // Download brings another set of files, Verify fails: the ledgers no longer fit each other.
        _pipeline.WriteSection(2, seed: 2);
        _pipeline.Configure(local: ", checksum: { section_2.tif: 'md5:00000000000000000000000000000000' }");
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().Contain("as published").And.Contain("local: not in the catalogue: Verify has to run");
        Listed().Should().Equal("remote");
    }

    [Fact]
    public async Task The_catalogue_of_a_data_folder_holds_what_every_configuration_made()
    {
        await RunAsync();
        WriteOther("third", "");
        await RunAsync("other.yaml");
        Listed().Should().Equal("local", "remote", "third");
        var plan = await _pipeline.Open(config: "other.yaml").CheckCatalogAsync(TestContext.Current.CancellationToken);
        plan.Complete.Select(dataset => (dataset.Name, Path.GetFileName(dataset.Configuration))).Should().Equal(
            ("local", "pipeline.yaml"), ("remote", "pipeline.yaml"), ("third", "other.yaml"));
        (await _pipeline.RunAsync()).Should().BeEmpty("either configuration finds the same catalogue");
        (await _pipeline.RunAsync(config: "other.yaml")).Should().BeEmpty();
    }

    [Fact]
    public async Task Two_configurations_that_define_one_name_differently_are_not_mixed()
    {
        await RunAsync();
        WriteOther("remote", ", chunk: [16, 16, 16]");
        var error = await Assert.ThrowsAsync<EmException>(() => _pipeline.RunAsync(config: "other.yaml"));
        error.Message.Should().Contain("datasets.remote: got another definition than that of").And.Contain(_pipeline["pipeline.yaml"]).And.Contain(_pipeline["other.yaml"]);
        _pipeline.ToDo().Should().BeEmpty("the first configuration's results are as they were");

        // Once the other configuration says so no more, the name is free.
        File.WriteAllText(_pipeline["pipeline.yaml"], $"version: 1\ndatasets:\n  local: {{ source: {{ file: '{_pipeline["scans/section_*.tif"]}' }} }}\n");
        (await _pipeline.RunAsync(config: "other.yaml")).Should().Equal("(all): Catalog", "remote: Rechunk");
        Listed().Should().Equal("local", "remote");
    }

    [Fact]
    public async Task A_dataset_that_its_configuration_no_longer_names_is_left_out_and_named()
    {
        await RunAsync();
        File.WriteAllText(_pipeline["pipeline.yaml"], $"version: 1\ndatasets:\n  local: {{ source: {{ file: '{_pipeline["scans/section_*.tif"]}' }} }}\n");
        (await _pipeline.RunAsync()).Should().Equal("(all): Catalog");
        _pipeline.Problems.Should().Contain("remote: not in the catalogue: pipeline.yaml no longer names it");
        Listed().Should().Equal("local");
        Directory.Exists(_pipeline.Data.Zarr("remote")).Should().BeTrue("nothing is removed");
    }

    private async Task RunAsync(string config = "pipeline.yaml")
    {
        await _pipeline.RunAsync(config: config);
        _pipeline.Problems.Should().BeEmpty();
    }

    private void WriteOther(string name, string more) =>
        _pipeline.Write("other.yaml", $"version: 1\ndatasets:\n  {name}: {{ source: {{ http: '{_pipeline.Address("volume.tif")}' }} {more} }}\n");

    private IReadOnlyList<string> Listed() => File.ReadLines(_pipeline["data/catalog/metadata.csv"]).Skip(1).Select(line => line.Split(',')[0]).ToList();
}
