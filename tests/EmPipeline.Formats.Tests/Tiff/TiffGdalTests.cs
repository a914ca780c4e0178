using System.Security.Cryptography;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Tiff;

/// <summary>Files by GDAL: packed and 24-bit integers, complex numbers, sparse files with a no-data value, JPEG of two and four samples.</summary>
public sealed class TiffGdalTests
{
    public static IEnumerable<TheoryDataRow<string, string, string, string>> Expected() =>
        File.ReadLines(SharedData.Fixture("tiff/gdal_expected.tsv")).Where(line => line[0] != '#')
            .Select(line => line.Split('\t')).Select(cells => new TheoryDataRow<string, string, string, string>(cells[0], cells[1], cells[2], cells[3]));

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Files_by_GDAL_have_the_voxels_that_GDAL_wrote(string file, string axes, string type, string digest)
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Fixture($"tiff/{file}"));
        reader.Info.Axes.Should().Be(axes);
        reader.Info.Type.Name().Should().Be(type);
        var voxels = await reader.ReadAllAsync();
        Convert.ToHexStringLower(SHA256.HashData(voxels)).Should().Be(digest);

        // A part that starts and ends inside tiles and strips, narrow and tall.
        var (origin, size) = (reader.Info.Shape, reader.Info.Shape);
        for (var axis = 0; axis < size.Rank; axis++)
        {
            origin[axis] = size[axis] / 3;
            size[axis] = axes[axis] == 'x' ? 3 : size[axis] - origin[axis];
        }

        var box = new Box(origin, size);
        var (part, expected) = (new byte[box.Volume * reader.Info.Type.Size()], new byte[box.Volume * reader.Info.Type.Size()]);
        await reader.ReadAsync(box, part, TestContext.Current.CancellationToken);
        StridedCopy.Copy(voxels, Box.Whole(reader.Info.Shape), expected, box, reader.Info.Type.Size());
        part.Should().Equal(expected);
    }
}
