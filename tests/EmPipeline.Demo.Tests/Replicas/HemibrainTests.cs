using System.Text.Json.Nodes;
using EmPipeline.Demo.Tests.Support;

namespace EmPipeline.Demo.Tests.Replicas;

public class HemibrainTests(Mirror mirror)
{
    private string Folder => mirror.FileOf("https://storage.googleapis.com/neuroglancer-janelia-flyem-hemibrain/emdata/clahe_yz/jpeg");

    private JsonNode Info => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "info")))!;

    [Theory]
    [InlineData(0, 128, 1092, 1084, 512, 612, "c365b6c3a27e62d3c9b1bf34b8ec34d049d3f2400b16153b8664b33c3a8ed0d9")]
    [InlineData(1, 64, 546, 542, 72, 81, "3aee86ba134a28b75d670defdf986d30e6c3f5492bab4d77af62ea8c4a6a76f5")]
    [InlineData(2, 32, 273, 271, 20, 25, "06f663176442554845beec67eb9780adbcd42283544b95c397e7a27422c5e74f")]
    [InlineData(3, 16, 137, 136, 6, 9, "ea90c0493d5ece9569ece3b82ee21166034a9d5edff9f9597fd99045e59ca20c")]
    public void Every_scale_decodes_with_blank_chunks_absent(int index, int depth, int height, int width, int present, int all, string digest)
    {
        var scale = new PrecomputedScale(Folder, Info["scales"]![index]!);
        (scale.Depth, scale.Height, scale.Width, scale.Chunks, scale.GridChunks).Should().Be((depth, height, width, present, all));
        Digest.Of(scale.Voxels).Should().Be(digest);
    }

    [Fact]
    public void The_info_leaves_out_what_the_source_leaves_out()
    {
        var first = Info["scales"]![0]!;
        first.ToJsonString().Should().Be(
            """{"key":"8.0x8.0x8.0","size":[1084,1092,128],"resolution":[8,8,8],"chunk_sizes":[[64,64,64]],"encoding":"jpeg","sharding":{"@type":"neuroglancer_uint64_sharded_v1","preshift_bits":3,"hash":"identity","minishard_bits":3,"shard_bits":5,"minishard_index_encoding":"gzip"}}""");
        Info["scales"]!.AsArray().Select(s => (string)s!["key"]!).Should().Equal("8.0x8.0x8.0", "16.0x16.0x16.0", "32.0x32.0x32.0", "64.0x64.0x64.0");
    }

    [Fact]
    public void A_crop_of_1000_lies_in_tissue_at_some_origins_only()
    {
        var scale = new PrecomputedScale(Folder, Info["scales"]![3]!);
        var (inTissue, origins) = (0, 0);
        for (var y = 0; y + 125 <= scale.Height; y++)
        {
            for (var x = 0; x + 125 <= scale.Width; x++)
            {
                var tissue = 0;
                for (var row = 0; row < 125; row++)
                    tissue += 125 - scale.Voxels.AsSpan((((8 * scale.Height) + y + row) * scale.Width) + x, 125).Count((byte)0);
                origins++;
                inTissue += tissue >= 0.95 * 125 * 125 ? 1 : 0;
            }
        }

        inTissue.Should().BeInRange(origins / 10, origins * 2 / 3);
    }
}
