using EmPipeline.Stages.Add;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Tests.Registries;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Add;

public sealed class AddDatasetTests(RegistryServers servers) : IClassFixture<RegistryServers>, IDisposable
{
    private const string Before = """
        # Ours.
        version: 1
        datasets:
          mine: { source: { file: scans } }   # in place

        """;

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _said = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("empiar:7", "# A title, FIB-SEM|empiar-7:|  source: { empiar: 7, files: \"data/cell 1 & 2/*.tif\" }|  facts: { licence: CC0-1.0 }", "12×40×48 uint8")]
    [InlineData("empiar:7/data/cell*/section_1.tif", "# A title, FIB-SEM|empiar-7:|  source: { empiar: 7, files: \"data/cell*/section_1.tif\" }|  facts: { licence: CC0-1.0 }", "1×40×48 uint8")]
    [InlineData("idr:5/*.tif", "# vol ume.tif|idr-5:|  source: { idr: 5, files: \"*.tif\" }|  facts: { licence: CC-BY-4.0 }", "20 × 20 × 20 nm")]
    [InlineData("openorganelle:jrc_x", "jrc_x:|  source: { openorganelle: jrc_x, array: fibsem-uint8 }|  facts: { licence: CC-BY-4.0 }", "its images are jrc_x.zarr/recon-2/em/fibsem-uint8, jrc_x.zarr/recon-1/em/fibsem-uint8")]
    [InlineData("https://tiny.org/short", "em:|  source: { neuroglancer: \"https://tiny.org/short\", layer: em }", "8 × 8 × 8 nm")]
    public async Task What_is_added_is_shown_and_goes_through_the_stages(string source, string lines, string shown)
    {
        var file = _folder.Write("pipeline.yaml", Before);
        await AddAsync(file, source);
        var added = string.Join('\n', lines.Split('|').Select(line => "  " + line));
        File.ReadAllText(file).Should().Be(Before + "\n" + added + "\n");
        string.Join('\n', _said).Should().Contain(shown).And.Contain(added);

        var run = new StageRun(_folder, servers.Map);
        var name = ConfigReader.Read(file).Datasets[1].Name;
        await run.RunAsync(File.ReadAllText(file)[(File.ReadAllText(file).IndexOf("scans } }", StringComparison.Ordinal) + 9)..], Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        run.Raw(name).Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_dry_run_shows_it_and_leaves_the_file_as_it_is()
    {
        var file = _folder.Write("pipeline.yaml", Before);
        await AddAsync(file, "empiar:7", dryRun: true);
        File.ReadAllText(file).Should().Be(Before);
        _said.Should().Contain("  empiar-7:").And.Contain(line => line.Contains("nothing was written", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("MINE")]
    public async Task A_name_that_there_is_is_refused(string name)
    {
        var file = _folder.Write("pipeline.yaml", Before);
        (await FluentActions.Awaiting(() => AddAsync(file, "empiar:7", name)).Should().ThrowAsync<EmException>())
            .Which.Message.Should().Contain("got a dataset mine already").And.Contain("--name NAME");
        File.ReadAllText(file).Should().Be(Before);
    }

    [Fact]
    public async Task What_is_added_twice_is_refused_unless_it_gets_another_name()
    {
        var file = _folder.Write("pipeline.yaml", Before);
        await AddAsync(file, "empiar:7");
        await FluentActions.Awaiting(() => AddAsync(file, "empiar:7")).Should().ThrowAsync<EmException>().WithMessage("*got a dataset empiar-7 already, from empiar:7/data*");
        await AddAsync(file, "empiar:7", "second");
        ConfigReader.Read(file).Datasets.Select(dataset => dataset.Name).Should().Equal("mine", "empiar-7", "second");
    }

    [Fact]
    public async Task Without_a_network_it_says_so_and_writes_nothing()
    {
        var file = _folder.Write("pipeline.yaml", Before);
        var nobody = new MirrorMap(new Uri($"http://127.0.0.1:{FileServer.FreePort()}/"));
        (await FluentActions.Awaiting(() => AddDataset.RunAsync(file, "gs://bucket/state.json", null, false, _said.Add, () => nobody, TestContext.Current.CancellationToken)).Should().ThrowAsync<EmException>())
            .Which.Message.Should().Contain("the registry did not answer").And.Contain("the network").And.EndWith("Nothing was written.");
        File.ReadAllText(file).Should().Be(Before);
    }

    [Theory]
    [InlineData("empiar:8", "https://ftp.ebi.ac.uk/empiar/world_availability/8/data/: got 404 Not Found")]
    [InlineData("openorganelle:jrc_z", "got no images there")]
    [InlineData("https://tiny.org/absent", "https://tiny.org/absent: got 404 Not Found")]
    [InlineData("idr:5/*.png", "got '*.png', which none of 2 file names matches")]
    public async Task What_a_registry_does_not_have_is_named(string source, string message)
    {
        var file = _folder.Write("pipeline.yaml", Before);
        (await FluentActions.Awaiting(() => AddAsync(file, source)).Should().ThrowAsync<EmException>()).Which.Message.Should().Contain(message);
        File.ReadAllText(file).Should().Be(Before);
    }

    private Task AddAsync(string file, string source, string? name = null, bool dryRun = false) =>
        AddDataset.RunAsync(file, source, name, dryRun, _said.Add, () => servers.Map, TestContext.Current.CancellationToken);
}
