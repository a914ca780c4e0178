using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Download;

/// <summary>Whatever a configuration says, no file that was not made here is deleted, replaced or cleared.</summary>
public sealed class SourceSafetyTests : IDisposable
{
    private static readonly NdIndex Shape = new(3, 20, 24);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data/raw/mine", "data/raw/mine/section_*.tif")]
    [InlineData("data/raw/mine", "data/raw/mine")]
    [InlineData("data/raw/mine", "data/raw/mine/section_0.tif")]
    [InlineData("data/raw/other", "data/raw/other/section_*.tif")]
    [InlineData("data/zarr/mine.zarr", "data/zarr/mine.zarr")]
    [InlineData("data/state/mine", "data/state/mine")]
    [InlineData("data/raw/mine", "link/mine")]
    [InlineData("data/raw/mine", "link/mine/section_*.tif")]
    [InlineData("data/raw/mine", "data/mine/../raw/mine")]
    [InlineData("data/mine", "data")]
    [InlineData("data/mine", ".")]
    public async Task A_source_in_the_pipelines_own_folders_is_refused_before_anything_happens(string place, string source)
    {
        TestVolumes.WriteSlices(_folder[place], TestVolumes.Make(Shape), Shape);
        Directory.CreateDirectory(_folder["data/raw"]);
        Directory.CreateSymbolicLink(_folder["link"], "data/raw");
        var before = Files();
        var run = async () => await new StageRun(_folder).RunAsync($"  mine: {{ source: {{ file: \"{source}\" }} }}\n");
        var error = (await run.Should().ThrowAsync<EmException>()).Which;
        error.Fault.Should().Be(Fault.Configuration);
        error.Message.Should().Contain("datasets.mine.source").And.Contain("pipeline's own").And.Contain("--data");
        Files().Should().BeEquivalentTo(before);
    }

    [Fact]
    public async Task A_precomputed_source_on_disk_is_held_to_the_same()
    {
        _folder.Write("data/raw/mine/info", "{}");
        var run = async () => await new StageRun(_folder).RunAsync($"  mine: {{ source: {{ precomputed: \"{new Uri(_folder["data/raw/mine"]).AbsoluteUri}\" }} }}\n");
        (await run.Should().ThrowAsync<EmException>()).WithMessage("*pipeline's own*");
        File.Exists(_folder["data/raw/mine/info"]).Should().BeTrue();
    }

    [Fact]
    public async Task Files_beside_the_pipelines_folders_may_be_sources()
    {
        TestVolumes.WriteSlices(_folder["data/raws"], TestVolumes.Make(Shape), Shape);
        File.WriteAllBytes(_folder["volume.tif"], TestVolumes.Tiff(TestVolumes.Make(Shape), Shape));
        var run = new StageRun(_folder);
        await run.RunAsync("  folder: { source: { file: data/raws } }\n  pattern: { source: { file: \"data/raws/section_*.tif\" } }\n  file: { source: { file: volume.tif } }\n");
        foreach (var dataset in (string[])["folder", "pattern", "file"])
            (await run.WrittenAsync(dataset)).Voxels.Should().Equal(TestVolumes.Make(Shape), dataset);
    }

    [Fact]
    public async Task A_pattern_sees_the_files_it_matches_and_leaves_no_links()
    {
        TestVolumes.WriteSlices(_folder["stack"], TestVolumes.Make(Shape), Shape);
        File.WriteAllBytes(_folder["stack/overview.tif"], TestVolumes.Tiff(TestVolumes.Make(new NdIndex(1, 5, 5)), new NdIndex(1, 5, 5)));
        var run = new StageRun(_folder);
        await run.RunAsync("  mine: { source: { file: \"stack/section_*.tif\" } }\n");
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Make(Shape));
        Path.Exists(run.Data.Raw("mine")).Should().BeFalse();
    }

    [Theory]
    [InlineData("stack")]
    [InlineData("stack/section_*.tif")]
    [InlineData("stack/section_0.tif")]
    public async Task Files_that_were_fetched_for_an_earlier_source_stay_and_are_named_but_not_read(string source)
    {
        TestVolumes.WriteSlices(_folder["stack"], TestVolumes.Make(Shape), Shape);
        _folder.Write("data/raw/mine/fetched_0.tif", "of an earlier source");
        var run = new StageRun(_folder);
        await run.RunAsync($"  mine: {{ source: {{ file: \"{source}\" }} }}\n");
        File.ReadAllText(_folder["data/raw/mine/fetched_0.tif"]).Should().Be("of an earlier source");
        run.Warnings.Should().ContainSingle().Which.Should().Contain(_folder["data/raw/mine"]).And.Contain("1 file").And.Contain("fetched_0.tif");
    }

    [Fact]
    public async Task A_folder_in_the_outputs_place_that_was_not_made_here_is_refused_and_left()
    {
        File.WriteAllBytes(_folder["volume.tif"], TestVolumes.Tiff(TestVolumes.Make(Shape), Shape));
        _folder.Write("data/zarr/mine.zarr/s0/c/0/0/0", "mine");
        _folder.Write("data/zarr/mine.zarr/zarr.json", """{ "zarr_format": 3, "node_type": "group", "attributes": {} }""");
        var run = async () => await new StageRun(_folder).RunAsync("  mine: { source: { file: volume.tif } }\n");
        (await run.Should().ThrowAsync<EmException>()).WithMessage("*mine.zarr: got a folder with * that bears no mark*");
        File.ReadAllText(_folder["data/zarr/mine.zarr/s0/c/0/0/0"]).Should().Be("mine");
        File.Exists(_folder["data/zarr/mine.zarr/zarr.json"]).Should().BeTrue();
    }

    [Fact]
    public async Task A_volume_made_here_is_made_anew_also_when_all_state_is_gone()
    {
        File.WriteAllBytes(_folder["volume.tif"], TestVolumes.Tiff(TestVolumes.Make(Shape), Shape));
        var run = new StageRun(_folder);
        await run.RunAsync("  mine: { source: { file: volume.tif } }\n");
        Directory.Delete(_folder["data/state"], recursive: true);
        File.WriteAllBytes(_folder["volume.tif"], TestVolumes.Tiff(TestVolumes.Make(Shape, 1), Shape));
        await run.RunAsync("  mine: { source: { file: volume.tif } }\n");
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Make(Shape, 1));
        File.Exists(_folder["data/zarr/mine.zarr/.empipeline"]).Should().BeFalse("a finished volume holds nothing but Zarr");
    }

    private Dictionary<string, long> Files() => Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) != "pipeline.yaml").ToDictionary(path => path, path => new FileInfo(path).Length);
}
