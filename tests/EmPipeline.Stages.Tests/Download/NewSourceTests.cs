using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Download;

/// <summary>A dataset that is given another source or crop: files of the earlier one under the same names are not taken for the new one's.</summary>
public sealed class NewSourceTests : IDisposable
{
    private static readonly NdIndex Shape = new(12, 40, 48);
    private static readonly NdIndex Chunk = new(4, 8, 16);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Another_address_with_the_same_file_name_is_fetched()
    {
        await using var server = new FileServer();
        server.Files["first/volume.tif"] = TestVolumes.Tiff(TestVolumes.Make(Shape), Shape);
        server.Files["second/volume.tif"] = TestVolumes.Tiff(TestVolumes.Make(Shape, 1), Shape);
        var run = new StageRun(_folder);
        await run.RunAsync($"  mine: {{ source: {{ http: \"{server.Address("first/volume.tif")}\" }} }}\n");
        await run.RunAsync($"  mine: {{ source: {{ http: \"{server.Address("second/volume.tif")}\" }} }}\n");
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Make(Shape, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_precomputed_volume_with_the_same_chunk_names_is_fetched(bool sharded)
    {
        TestVolumes.WritePrecomputed(_folder["first"], TestVolumes.Make(Shape), Shape, Chunk, sharded: sharded);
        TestVolumes.WritePrecomputed(_folder["second"], TestVolumes.Make(Shape, 1), Shape, Chunk, sharded: sharded);
        var run = new StageRun(_folder);
        await run.RunAsync(Config("first", ""));
        await run.RunAsync(Config("second", ""));
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Make(Shape, 1));
    }

    [Fact]
    public async Task Another_crop_of_the_same_shard_is_fetched()
    {
        TestVolumes.WritePrecomputed(_folder["source"], TestVolumes.Make(Shape), Shape, Chunk, sharded: true);
        var run = new StageRun(_folder);
        foreach (var box in (Box[])[new(new NdIndex(0, 0, 0), new NdIndex(4, 8, 16)), new(new NdIndex(4, 8, 16), new NdIndex(4, 8, 16)), new(new NdIndex(3, 7, 15), new NdIndex(9, 30, 30))])
        {
            await run.RunAsync(Config("source", $", crop: {{ shape: [{string.Join(", ", box.Shape.ToArray())}], origin: [{string.Join(", ", box.Origin.ToArray())}] }}"));
            (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Cut(TestVolumes.Make(Shape), Shape, box));
        }
    }

    private string Config(string source, string crop) => $"  mine: {{ source: {{ precomputed: \"{new Uri(_folder[source]).AbsoluteUri}\" }}{crop} }}\n";
}
