using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Download;

/// <summary>A crop is honoured by every kind of source: voxel for voxel the box, and no more fetched than the format has to give.</summary>
public sealed class CropTests(CropSources sources) : IClassFixture<CropSources>, IDisposable
{
    private static readonly NdIndex Shape = CropSources.Shape;
    private static readonly byte[] Voxels = CropSources.Voxels;

    // On no chunk's edge.
    private static readonly Box Box = new(new NdIndex(6, 9, 17), new NdIndex(3, 20, 24));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("http: \"https://x.org/volume.tif\"", 1)]
    [InlineData("http: \"https://x.org/slices/section_{0..11}.tif\"", 3)]
    [InlineData("http: \"https://x.org/v2.zarr\", level: em/s0", 12)]
    [InlineData("http: \"https://x.org/v3.zarr\", level: s0", 4)]
    [InlineData("http: \"https://x.org/volume.n5\", level: em/s0", 12)]
    [InlineData("s3: \"s3://bucket/v2.zarr\", level: em/s0", 12)]
    [InlineData("s3: \"s3://bucket/v2.zarr/em/s0\"", 12)]
    [InlineData("s3: \"s3://bucket/v3.zarr\", level: s0", 4)]
    [InlineData("s3: \"s3://bucket/v3.zarr\"", 4)]
    [InlineData("s3: \"s3://bucket/volume.n5\", level: em/s0", 12)]
    [InlineData("s3: \"s3://bucket/slices\"", 3)]
    [InlineData("precomputed: \"https://x.org/precomputed\"", 12)]
    [InlineData("file: MIRROR/volume.tif", 0)]
    [InlineData("file: MIRROR/slices", 0)]
    [InlineData("file: \"MIRROR/slices/section_*.tif\"", 0)]
    [InlineData("file: MIRROR/v2.zarr, level: em/s0", 0)]
    [InlineData("file: MIRROR/v3.zarr", 0)]
    [InlineData("file: MIRROR/volume.n5, level: em/s0", 0)]
    public async Task The_voxels_written_are_those_of_the_box(string source, int objectsWithVoxels)
    {
        var run = new StageRun(_folder, sources.Map);
        var config = Config(source, "shape: [3, 20, 24], origin: [6, 9, 17]");
        await run.RunAsync(config);
        await ShouldHoldTheBox(run);
        run.Raw("mine").Where(name => !IsMetadata(name)).Should().HaveCount(objectsWithVoxels);

        // Another machine, with the lock file alone.
        Directory.Delete(run.Data.Root, recursive: true);
        await run.RunAsync(config);
        await ShouldHoldTheBox(run);
        run.Raw("mine").Where(name => !IsMetadata(name)).Should().HaveCount(objectsWithVoxels);
    }

    [Theory]
    [InlineData("http: \"https://x.org/volume.tif\"")]
    [InlineData("http: \"https://x.org/slices/section_{0..11}.tif\"")]
    [InlineData("http: \"https://x.org/v2.zarr\", level: em/s0")]
    [InlineData("s3: \"s3://bucket/v3.zarr\", level: s0")]
    [InlineData("s3: \"s3://bucket/slices\"")]
    [InlineData("precomputed: \"https://x.org/precomputed\"")]
    [InlineData("file: MIRROR/slices")]
    public async Task A_crop_outside_the_volume_is_an_error_of_the_configuration(string source)
    {
        foreach (var origin in (string[])["12, 0, 0", "11, 0, 0", "0, 30, 0", "0, 0, 1000000000000"])
        {
            var run = async () => await new StageRun(_folder, sources.Map).RunAsync(
                Config(source, $"shape: [3, 20, 24], origin: [{origin}]"), Stage.Download);
            var error = (await run.Should().ThrowAsync<EmException>()).Which;
            error.Fault.Should().Be(Fault.Configuration);
            error.Message.Should().Contain("crop").And.Contain("expected a box inside").And.Contain(Shape.ToString());
        }
    }

    [Theory]
    [InlineData("http: \"https://x.org/volume.tif\"", 0.0)]
    [InlineData("http: \"https://x.org/volume.tif\"", 0.9)]
    [InlineData("http: \"https://x.org/slices/section_{0..11}.tif\"", 0.0)]
    [InlineData("http: \"https://x.org/slices/section_{0..11}.tif\"", 0.9)]
    [InlineData("s3: \"s3://bucket/v2.zarr\", level: em/s0", 0.9)]
    [InlineData("file: MIRROR/v3.zarr", 0.9)]
    public async Task A_random_crop_follows_from_seed_and_volume(string source, double tissue)
    {
        var config = Config(source, FormattableString.Invariant($"shape: [3, 20, 24], origin: random, seed: 7, tissue: {tissue}"));
        var run = new StageRun(_folder, sources.Map);
        await run.RunAsync(config);
        var crop = Ledger.Read(run.Data.LedgerFile("mine", Stage.Download))!.ResultAs<DownloadResult>().Crop!;
        crop.Origin.Should().NotBe(NdIndex.Filled(3, 0)).And.Be(CropChoice.Uniform(new(new NdIndex(3, 20, 24), null, 7, 0), Volumes.Box.Whole(Shape)).Origin, "all of the volume is tissue");
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Cut(Voxels, Shape, new Box(crop.Origin, crop.Shape)));
    }

    private static async Task ShouldHoldTheBox(StageRun run)
    {
        var (shape, voxels) = await run.WrittenAsync("mine");
        shape.Should().Be(Box.Shape);
        voxels.Should().Equal(TestVolumes.Cut(Voxels, Shape, Box));
        var described = Ledger.Read(run.Data.LedgerFile("mine", Stage.ExtractMetadata))!.ResultAs<MetadataResult>();
        (described.Dataset.CropOrigin, described.Dataset.CropShape).Should().Be(((NdIndex?)Box.Origin, (NdIndex?)Box.Shape));
        (described.RegionOrigin, described.RegionShape).Should().Be((Box.Origin, Box.Shape));
    }

    private static bool IsMetadata(string name) =>
        Path.GetFileName(name) is ".zarray" or ".zgroup" or ".zattrs" or ".zmetadata" or "zarr.json" or "attributes.json" or "info";

    private string Config(string source, string crop) =>
        $"  mine: {{ source: {{ {source.Replace("MIRROR", sources.Web, StringComparison.Ordinal)} }}, crop: {{ {crop} }} }}\n";
}
