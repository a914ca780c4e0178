using System.Text.Json.Nodes;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.Interop;

/// <summary>The group's metadata, by the schemas of OME-NGFF 0.5 themselves and by what they ask for.</summary>
public sealed class OmeSchemaTests
{
    [Theory]
    [InlineData(VoxelType.UInt8, "image.schema")]
    [InlineData(VoxelType.UInt8, "strict_image.schema")]
    [InlineData(VoxelType.Int16, "strict_image.schema")]
    [InlineData(VoxelType.UInt64, "strict_image.schema")]
    [InlineData(VoxelType.Float32, "strict_image.schema")]
    public async Task A_group_is_valid_by_the_strict_schema(VoxelType type, string schema)
    {
        OtherSoftware.Require("ajv");
        var schemas = SharedData.Require("schemas/ngff-0.5");
        using var folder = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(MemoryVolume.Make(new NdIndex(40, 50, 60), type), folder, ZarrRechunkTests.Options());
        (await OtherSoftware.RunAsync("node", "validate.mjs", schemas, schema, folder["v.zarr/zarr.json"])).Trim().Should().Be("valid");
    }

    [Fact]
    public async Task A_volume_that_uses_little_of_its_type_states_what_to_show()
    {
        using var folder = new TemporaryFolder();
        var voxels = new short[60 * 60 * 60];
        var random = new Random(1);
        for (var i = 0; i < voxels.Length; i++)
            voxels[i] = (short)random.Next(-800, 800);
        var source = new MemoryVolume(
            NdIndex.Filled(3, 60), VoxelType.Int16, NdIndex.Filled(3, 16), System.Runtime.InteropServices.MemoryMarshal.AsBytes(voxels.AsSpan()).ToArray());
        // A part that was not recorded has no say.
        source.Cleared(new Box(NdIndex.Filled(3, 0), new NdIndex(30, 60, 60)));
        await ZarrRechunkTests.RunAsync(source, folder, ZarrRechunkTests.Options() with { Levels = 1 });
        var ome = JsonNode.Parse(await File.ReadAllTextAsync(folder["v.zarr/zarr.json"], TestContext.Current.CancellationToken))!["attributes"]!["ome"]!;
        var multiscale = ome["multiscales"]![0]!;
        new[] { "name", "type", "metadata", "axes", "datasets" }.Should().OnlyContain(member => multiscale[member] != null, "the strict schema asks for the first three");
        var window = ome["omero"]!["channels"]![0]!["window"]!;
        ((double)window["min"]!, (double)window["max"]!).Should().Be((short.MinValue, short.MaxValue));
        ((double)window["start"]!).Should().BeInRange(-800, -760);
        ((double)window["end"]!).Should().BeInRange(760, 800);
    }

    [Theory]
    [InlineData(VoxelType.UInt8)]
    [InlineData(VoxelType.Float32)]
    public async Task A_volume_of_one_value_has_a_window_all_the_same(VoxelType type)
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(NdIndex.Filled(3, 20), type).Cleared(Box.Whole(NdIndex.Filled(3, 20)));
        await ZarrRechunkTests.RunAsync(source, folder, ZarrRechunkTests.Options());
        var window = JsonNode.Parse(await File.ReadAllTextAsync(folder["v.zarr/zarr.json"], TestContext.Current.CancellationToken))!["attributes"]!["ome"]!["omero"]!["channels"]![0]!["window"]!;
        ((double)window["start"]!, (double)window["end"]!).Should().Be((0, 1));
    }
}
