using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Metadata;

/// <summary>A cut of another dataset is found there voxel for voxel, or it is said that it is not.</summary>
public sealed class PlaceWithinTests : IDisposable
{
    private static readonly NdIndex Shape = new(12, 30, 40);
    private static readonly byte[] Voxels = TestVolumes.Make(Shape);
    private readonly TemporaryFolder _folder = new();

    public PlaceWithinTests() => File.WriteAllBytes(_folder["whole.tif"], TestVolumes.Tiff(Voxels, Shape));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("training.tif", "5,11,23")]
    [InlineData("testing.tif", "34,60,61")]
    public async Task The_cuts_of_a_replica_are_found(string file, string place)
    {
        var root = SharedData.Require("replicas/labels-like/epfl-like");
        var at = await FindAsync(Path.Combine(root, "volumedata.tif"), Path.Combine(root, file));
        at.Should().Be(place);
    }

    [Fact]
    public async Task Every_place_is_found_at_edges_too()
    {
        foreach (var origin in (NdIndex[])[new(0, 0, 0), new(7, 21, 33), new(3, 4, 5), new(0, 21, 0)])
        {
            var box = new Box(origin, new NdIndex(5, 9, 7));
            File.WriteAllBytes(_folder["cut.tif"], TestVolumes.Tiff(TestVolumes.Cut(Voxels, Shape, box), box.Shape));
            (await FindAsync(_folder["whole.tif"], _folder["cut.tif"])).Should().Be($"{origin[0]},{origin[1]},{origin[2]}");
        }
    }

    [Fact]
    public async Task One_voxel_that_differs_is_no_match()
    {
        var box = new Box(new NdIndex(3, 4, 5), new NdIndex(5, 9, 7));
        var cut = TestVolumes.Cut(Voxels, Shape, box);
        cut[^1]++;
        File.WriteAllBytes(_folder["cut.tif"], TestVolumes.Tiff(cut, box.Shape));
        var find = async () => await FindAsync(_folder["whole.tif"], _folder["cut.tif"]);
        (await find.Should().ThrowAsync<EmException>()).Which.Message.Should().Contain("datasets.cut.within: got").And.Contain("nowhere in");
    }

    [Fact]
    public async Task What_lies_in_several_places_lies_in_none()
    {
        var shape = new NdIndex(2, 3, 4);
        File.WriteAllBytes(_folder["even.tif"], TestVolumes.Tiff([.. Enumerable.Repeat((byte)7, 24)], shape));
        File.WriteAllBytes(_folder["cut.tif"], TestVolumes.Tiff([7, 7], new NdIndex(1, 1, 2)));
        var find = async () => await FindAsync(_folder["even.tif"], _folder["cut.tif"]);
        (await find.Should().ThrowAsync<EmException>()).Which.Message.Should().Contain("got several places in whole, such as");
    }

    [Fact]
    public async Task Without_the_whole_a_cut_goes_on_and_is_looked_for_later()
    {
        File.WriteAllBytes(_folder["cut.tif"], TestVolumes.Tiff(TestVolumes.Cut(Voxels, Shape, new Box(new NdIndex(1, 2, 3), new NdIndex(5, 9, 7))), new NdIndex(5, 9, 7)));
        var run = new StageRun(_folder);
        // The cut comes first.
        await run.RunAsync($$"""
              cut: { source: { file: {{_folder["cut.tif"]}} }, within: whole }
              whole: { source: { file: {{_folder["whole.tif"]}} } }

            """);
        run.Warnings.Should().ContainSingle().Which.Should().Contain("datasets.cut.within: got no verified whole");
        var pipeline = PipelineRun.Open(_folder["pipeline.yaml"], run.Data, _folder["pipeline.lock.json"]);
        pipeline.Staleness.ReasonToRun(pipeline.Definition("cut"), Stage.ExtractMetadata).Should().Contain("whole changed");
    }

    private async Task<string> FindAsync(string whole, string cut)
    {
        var run = new StageRun(_folder);
        await run.RunAsync($$"""
              whole: { source: { file: "{{whole}}" } }
              cut: { source: { file: "{{cut}}" }, within: whole }

            """, Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        var stated = Ledger.Read(run.Data.LedgerFile("cut", Stage.ExtractMetadata))!.ResultAs<MetadataResult>().Metadata;
        string Of(string field) => stated.Single(row => row.Field == field).Value;
        Of("within").Should().Be("whole");
        return $"{Of("within_z")},{Of("within_y")},{Of("within_x")}";
    }
}
