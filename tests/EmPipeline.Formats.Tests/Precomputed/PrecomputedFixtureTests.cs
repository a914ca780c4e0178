using System.Security.Cryptography;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class PrecomputedFixtureTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Fixtures() =>
        File.ReadLines(Path.Combine(SharedData.Fixture("precomputed"), "expected.tsv"))
            .Select(line => line.Split('\t'))
            .Select(cells => new TheoryDataRow<string, string>(cells[0], cells[1]));

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task Volumes_written_by_Pillow_decode_to_the_voxels_that_Pillow_decodes(string name, string digest)
    {
        await using var store = new LocalStore(SharedData.Fixture("precomputed"));
        var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, name))).Should().ContainSingle().Subject;
        var voxels = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
        Convert.ToHexStringLower(SHA256.HashData(voxels)).Should().Be(digest);
    }
}
