using System.Text;
using System.Text.Json.Nodes;
using EmPipeline.Formats.Precomputed;
using EmPipeline.Volumes;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class PrecomputedInfoTests
{
    [Fact]
    public void Everything_stated_is_kept_in_zyx_order_with_its_origin()
    {
        var info = Parse(new SyntheticVolume { Offset = [1, -2, 3], Sharding = ShardWriter.Specification(9, 6, 15, index: "gzip", data: null) }.Info());
        var scale = info.Scales.Should().ContainSingle().Subject;
        scale.Size.Should().Be(new NdIndex(45, 50, 70));
        scale.ChunkSize.Should().Be(new NdIndex(16, 16, 32));
        scale.VoxelOffset.Should().Be(new NdIndex(3, -2, 1));
        scale.Resolution.Should().Be(new VoxelSize(40, 8, 8));
        scale.Sharding.Should().Be(new ShardingSpecification(9, ShardHash.Identity, 6, 15, GzipIndex: true, GzipData: false));
        scale.Metadata.Should().Contain(new MetadataValue("voxel_offset", "[1,-2,3]", "info scales[0].voxel_offset"));
        info.Metadata.Should().Contain(new MetadataValue("type", "image", "info.type"));
    }

    [Fact]
    public void Scales_come_finest_first_whatever_their_order_in_the_file()
    {
        var info = new SyntheticVolume().Info();
        foreach (var (key, resolution) in new[] { ("coarse", 64), ("middle", 32), ("fine", 4) })
        {
            var scale = info["scales"]![0]!.DeepClone();
            scale["key"] = key;
            scale["resolution"] = SyntheticVolume.Array([resolution, resolution, resolution]);
            ((JsonArray)info["scales"]!).Add(scale);
        }

        Parse(info).Scales.Select(scale => scale.Key).Should().Equal("fine", "8_8_40", "middle", "coarse");
    }

    [Fact]
    public void A_scale_that_cannot_be_read_leaves_the_others()
    {
        var info = new SyntheticVolume().Info();
        var scale = info["scales"]![0]!.DeepClone();
        scale["key"] = "other";
        scale["encoding"] = "jxl";
        ((JsonArray)info["scales"]!).Insert(0, scale);
        Parse(info).Scales.Select(found => found.Key).Should().Equal("8_8_40");
    }

    [Fact]
    public void Integers_written_as_fractions_and_a_byte_order_mark_are_read()
    {
        var text = "\uFEFF" + new SyntheticVolume().Info().ToJsonString().Replace("[70,50,45]", "[70.0, 50, 4.5e1]", StringComparison.Ordinal);
        PrecomputedInfo.Parse(Encoding.UTF8.GetBytes(text), "info").Scales[0].Size.Should().Be(new NdIndex(45, 50, 70));
    }

    [Theory]
    [InlineData("data_type", "\"uint12\"", Fault.Corrupt, "data_type: got \"uint12\", expected one of uint8")]
    [InlineData("data_type", "7", Fault.Corrupt, "expected a string")]
    [InlineData("num_channels", "0", Fault.Corrupt, "num_channels: got 0")]
    [InlineData("num_channels", "2000000000", Fault.Corrupt, "chunk_sizes[0]")]
    [InlineData("@type", "\"neuroglancer_annotations_v1\"", Fault.Unsupported, "neuroglancer_annotations_v1")]
    [InlineData("scales", "[]", Fault.Corrupt, "expected 1 to 1024 scales")]
    [InlineData("scales", "null", Fault.Corrupt, "got no \"scales\"")]
    [InlineData("scales[0].size", "[1,2]", Fault.Corrupt, "scales[0].size: got [1,2], expected three numbers")]
    [InlineData("scales[0].size", "[-1,2,3]", Fault.Corrupt, "scales[0].size[0]: got -1")]
    [InlineData("scales[0].size", "[1e14,1e14,1e14]", Fault.Corrupt, "scales[0].size: got")]
    [InlineData("scales[0].chunk_sizes", "[]", Fault.Corrupt, "at least one chunk size")]
    [InlineData("scales[0].chunk_sizes", "[[0,64,64]]", Fault.Corrupt, "scales[0].chunk_sizes[0][0]: got 0")]
    [InlineData("scales[0].encoding", "\"jxl\"", Fault.Unsupported, "encoding jxl")]
    [InlineData("scales[0].encoding", "\"compressed_segmentation\"", Fault.Unsupported, "with 1 channels of uint8")]
    [InlineData("scales[0].key", "\"gs://bucket/8_8_8\"", Fault.Unsupported, "elsewhere")]
    [InlineData("scales[0].resolution", "[1,\"2\",3]", Fault.Corrupt, "resolution[1]: got \"2\", expected a number")]
    [InlineData("scales[0].sharding", "{\"@type\":\"neuroglancer_uint64_sharded_v2\"}", Fault.Unsupported, "neuroglancer_uint64_sharded_v2")]
    [InlineData("scales[0].sharding", "{\"@type\":\"neuroglancer_uint64_sharded_v1\",\"hash\":\"identity\",\"preshift_bits\":65,\"minishard_bits\":0,\"shard_bits\":0}", Fault.Corrupt, "preshift_bits: got 65")]
    [InlineData("scales[0].sharding", "{\"@type\":\"neuroglancer_uint64_sharded_v1\",\"hash\":\"md5\",\"preshift_bits\":5,\"minishard_bits\":0,\"shard_bits\":0}", Fault.Unsupported, "hash md5")]
    public void What_is_wrong_is_named_with_its_place(string path, string value, Fault fault, string message)
    {
        var info = new SyntheticVolume().Info();
        var owner = path.StartsWith("scales[0].", StringComparison.Ordinal) ? (JsonObject)info["scales"]![0]! : info;
        owner[path[(path.IndexOf('.', StringComparison.Ordinal) + 1)..]] = JsonNode.Parse(value);
        var error = Assert.Throws<EmException>(() => Parse(info));
        error.Fault.Should().Be(fault);
        error.Message.Should().StartWith("info").And.Contain(message);
    }

    [Fact]
    public void Damage_is_an_error_and_never_anything_else()
    {
        var text = new SyntheticVolume { Sharding = ShardWriter.Specification(9, 6, 15) }.Info().ToJsonString();
        Damage.ShouldBeReported(Encoding.UTF8.GetBytes(text), bytes => PrecomputedInfo.Parse(bytes, "info"));
    }

    private static PrecomputedInfo Parse(JsonObject info) => PrecomputedInfo.Parse(Encoding.UTF8.GetBytes(info.ToJsonString()), "info");
}
