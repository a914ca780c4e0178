using System.Security.Cryptography;

namespace EmPipeline.Formats.Tests.Tiff;

public sealed class TiffJpegTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Expected() =>
        File.ReadLines(SharedData.Fixture("tiff/expected.tsv")).Where(line => line[0] != '#')
            .Select(line => line.Split('\t')).Select(cells => new TheoryDataRow<string, string>(cells[0], cells[1]));

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task JPEG_strips_and_tiles_are_decoded_exactly_as_libjpeg_does(string file, string digest)
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Fixture($"tiff/{file}"));
        Convert.ToHexStringLower(SHA256.HashData(await reader.ReadAllAsync())).Should().Be(digest);
    }
}
