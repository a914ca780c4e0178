using System.Security.Cryptography;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests;

/// <summary>
/// Every file of the shared collections decodes to the voxels that other software decoded: the digests of expected.tsv.
/// </summary>
public sealed class RealDataTests
{
    private const int DigestDigits = 16;

    /// <summary>Entries that are not read, each with its reason; also listed in docs/formats.md.</summary>
    internal static readonly Dictionary<string, string> Exceptions = new()
    {
        ["realdata/precomputed/neuroglancer/64x64x64-raw-uint64-segmentation.dat"] =
            "a headerless cube of labels, the test input of an encoder, not a volume in any format; the encoder's round trip test uses it",
        ["realdata/tiff/image-tiff/int16_zstd.tif"] =
            "the file holds int16; the digest is of the int32 that Pillow makes of it (shown in TiffMetadataTests)",
    };

    /// <summary>Files of so many arrays that expected.tsv names the first fourteen only.</summary>
    private static readonly HashSet<string> FirstOnly = ["realdata/hdf5/gala/stack.h5"];

    public static IEnumerable<TheoryDataRow<string, string>> Rows() => Rows("realdata").Concat(Rows("replicas"));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Decoded_voxels_have_the_expected_digests(string path, string digests)
    {
        if (path.Length == 0)
            Assert.Skip("../shared is not on this machine");
        if (Exceptions.TryGetValue(path, out var reason))
            Assert.Skip(reason);
        var full = SharedData.Require(path);
        await using var store = new LocalStore(Path.GetDirectoryName(full)!);
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(full)));
        var got = new List<string>();
        foreach (var reader in readers)
        {
            await using (reader)
                got.Add(await DigestAsync(reader));
        }

        // The list names each distinct digest once.
        var expected = digests.Split(',');
        if (FirstOnly.Contains(path))
            got.Should().Contain(expected);
        else
            got.Distinct().Should().BeEquivalentTo(expected);
    }

    private static async Task<string> DigestAsync(IVolumeReader reader)
    {
        var voxels = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels, TestContext.Current.CancellationToken);
        return Convert.ToHexStringLower(SHA256.HashData(voxels))[..DigestDigits];
    }

    private static IEnumerable<TheoryDataRow<string, string>> Rows(string collection)
    {
        if (SharedData.Locate(collection) is not { } folder)
            return [new TheoryDataRow<string, string>("", "") { TestDisplayName = $"{collection} is absent" }];
        return File.ReadLines(Path.Combine(folder, "expected.tsv"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t'))
            .Select(cells => new TheoryDataRow<string, string>($"{collection}/{cells[0]}", cells[1]) { TestDisplayName = $"{collection}/{cells[0]}" });
    }
}
