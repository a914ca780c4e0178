using System.Globalization;
using System.Security.Cryptography;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests;

/// <summary>
/// Every array of the fixtures that have a digests.tsv beside their script: shape, type, voxel size, and the digest that the script computed
/// of the voxels it wrote; and the same voxels once more, box by box.
/// </summary>
public sealed class FixtureDigestTests
{
    public static IEnumerable<TheoryDataRow<string>> Rows() =>
        Directory.EnumerateFiles(SharedData.Fixture(""), "digests.tsv", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(table => File.ReadLines(table).Select(line => $"{Path.GetFileName(Path.GetDirectoryName(table))}/{line}"))
            .Select(row => new TheoryDataRow<string>(row) { TestDisplayName = string.Join(' ', row.Split('\t').Take(2)) });

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task An_array_is_what_its_writer_wrote(string row)
    {
        if (row.Split('\t') is not [var folder, var name, var shape, var type, var digest, var size])
            throw new InvalidDataException($"digests.tsv: got '{row}', expected six columns.");
        var root = SharedData.Fixture(folder);
        await using var store = new LocalStore(Path.GetDirectoryName(root)!);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(root)), cancellation: TestContext.Current.CancellationToken);
        var reader = readers.Should().ContainSingle(item => item.Info.Name == name).Subject;
        var info = reader.Info;
        FormatRegistry.Find(info.Format).Should().NotBeNull();
        string.Join('x', info.Shape.ToArray()).Should().Be(shape);
        info.Type.Name().Should().Be(type);
        Sizes(info.VoxelSize).Should().Be(size);

        var voxels = new byte[info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(info.Shape), voxels, TestContext.Current.CancellationToken);
        Convert.ToHexStringLower(SHA256.HashData(voxels))[..16].Should().Be(digest);
        await ShouldAgreeInPartsAsync(reader, voxels);
    }

    private static async Task ShouldAgreeInPartsAsync(IVolumeReader reader, byte[] whole)
    {
        var info = reader.Info;
        if (info.Shape.Volume == 0)
            return;
        var random = new Random(6);
        for (var i = 0; i < 20; i++)
        {
            var (from, to) = (info.Shape, info.Shape);
            for (var axis = 0; axis < info.Shape.Rank; axis++)
            {
                from[axis] = random.NextInt64(info.Shape[axis]);
                to[axis] = random.NextInt64(from[axis], info.Shape[axis]) + 1;
            }

            var box = Box.FromEnds(from, to);
            var (part, expected) = (new byte[box.Volume * info.Type.Size()], new byte[box.Volume * info.Type.Size()]);
            await reader.ReadAsync(box, part, TestContext.Current.CancellationToken);
            StridedCopy.Copy(whole, Box.Whole(info.Shape), expected, box, info.Type.Size());
            part.Should().Equal(expected, $"box {box}");
        }
    }

    private static string Sizes(VoxelSize size) => size == VoxelSize.Unknown ? "" : string.Create(CultureInfo.InvariantCulture, $"{size.Z:R},{size.Y:R},{size.X:R}");
}
