using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using EmPipeline.Demo.Tests.Support;
using ZstdNet;

namespace EmPipeline.Demo.Tests.Replicas;

public class OpenOrganelleNacc2Tests(Mirror mirror)
{
    private string Root => Path.Combine(mirror.Folder, "s3", "janelia-cosem-datasets", "jrc_mus-nacc-2", "jrc_mus-nacc-2.zarr");

    private string Group => Path.Combine(Root, "recon-2", "em", "fibsem-int16");

    [Theory]
    [InlineData(0, 133, 150, 170, 23, "17d07acce70ac6a4f183becfbb9f4996117ef89c7affdeab4d1354d272552fc6")]
    [InlineData(1, 66, 75, 85, 6, "f3aa1033d9564e23e96618b00339f3aa83c666929f8d91376c27962ef83372d0")]
    [InlineData(2, 33, 37, 42, 1, "680a9c796236b2974e6c53302fcf6cc7a7b9caed67836f7d29d1431bdc561e8c")]
    [InlineData(3, 16, 18, 21, 1, "7266bb511f466d99f50524e33dac48c6b023e5d2aeca96c955a4b9a99506bcd5")]
    public void Every_level_decodes_with_absent_chunks_as_zeros(int level, int depth, int height, int width, int present, string digest)
    {
        var array = JsonNode.Parse(File.ReadAllText(Path.Combine(Group, $"s{level}", ".zarray")))!;
        ((string)array["dtype"]!, (string)array["order"]!, (string)array["dimension_separator"]!, (int)array["fill_value"]!).Should().Be(("<i2", "C", "/", 0));
        array["compressor"]!.ToJsonString().Should().Be("""{"id":"zstd","level":1}""");
        array["chunks"]!.ToJsonString().Should().Be("[64,64,64]");
        array["shape"]!.ToJsonString().Should().Be($"[{depth},{height},{width}]");
        var (voxels, found) = Read(level, depth, height, width);
        found.Should().Be(present);
        Digest.Of(MemoryMarshal.AsBytes<short>(voxels)).Should().Be(digest);
    }

    [Fact]
    public void A_level_is_the_mean_of_the_one_above_rounded_down()
    {
        var (fine, _) = Read(0, 133, 150, 170);
        var (coarse, _) = Read(1, 66, 75, 85);
        for (var i = 0; i < coarse.Length; i += 37)
        {
            var (z, y, x) = (i / (75 * 85), i / 85 % 75, i % 85);
            var sum = 0;
            for (var k = 0; k < 8; k++)
                sum += fine[((((2 * z) + (k >> 2)) * 150) + (2 * y) + ((k >> 1) & 1)) * 170 + (2 * x) + (k & 1)];
            coarse[i].Should().Be((short)Math.Floor(sum / 8.0));
        }
    }

    [Fact]
    public void Every_group_has_its_metadata_and_none_is_consolidated()
    {
        foreach (var group in new[] { "", "recon-2", "recon-2/em", "recon-2/em/fibsem-int16" })
            File.ReadAllText(Path.Combine(Root, group, ".zgroup")).Should().Contain("\"zarr_format\": 2");
        Directory.GetFiles(Root, ".zmetadata", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public void Multiscales_state_2_96_nm_in_z_and_half_voxel_translations()
    {
        var scales = JsonNode.Parse(File.ReadAllText(Path.Combine(Group, ".zattrs")))!["multiscales"]![0]!;
        ((string)scales["version"]!).Should().Be("0.4");
        string.Concat(scales["axes"]!.AsArray().Select(a => (string)a!["name"]!)).Should().Be("zyx");
        string Transforms(int level) => scales["datasets"]![level]!["coordinateTransformations"]!.ToJsonString();

        Transforms(0).Should().Be("""[{"scale":[2.96,4.0,4.0],"type":"scale"},{"translation":[0.0,0.0,0.0],"type":"translation"}]""");
        Transforms(1).Should().Be("""[{"scale":[5.92,8.0,8.0],"type":"scale"},{"translation":[1.48,2.0,2.0],"type":"translation"}]""");
        Transforms(2).Should().Contain("11.840000000000002", "the source's numbers carry rounding noise");
    }

    private (short[] Voxels, int Found) Read(int level, int depth, int height, int width)
    {
        var voxels = new short[depth * height * width];
        var found = 0;
        using var decompressor = new Decompressor();
        foreach (var path in Directory.GetFiles(Path.Combine(Group, $"s{level}"), "*", SearchOption.AllDirectories).Where(p => Path.GetFileName(p)[0] != '.'))
        {
            var key = Path.GetRelativePath(Path.Combine(Group, $"s{level}"), path).Split(Path.DirectorySeparatorChar).Select(int.Parse).ToArray();
            var chunk = MemoryMarshal.Cast<byte, short>(decompressor.Unwrap(File.ReadAllBytes(path)));
            chunk.Length.Should().Be(64 * 64 * 64, "chunks at the edge are whole");
            found++;
            for (var i = 0; i < chunk.Length; i++)
            {
                var (z, y, x) = ((64 * key[0]) + (i / 4096), (64 * key[1]) + (i / 64 % 64), (64 * key[2]) + (i % 64));
                if (z < depth && y < height && x < width)
                    voxels[(((z * height) + y) * width) + x] = chunk[i];
            }
        }

        return (voxels, found);
    }
}
