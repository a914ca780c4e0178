using System.Buffers.Binary;
using EmPipeline.Formats.Tests.Dm;
using EmPipeline.Formats.Tests.Mrc;
using EmPipeline.Formats.Tests.Tiff;

namespace EmPipeline.Formats.Tests;

/// <summary>Damaged TIFF, DM, MRC, PNG and JPEG files, alone and compressed: voxels or an error that is promised, in bounded time and memory.</summary>
public sealed class HostileInputTests
{
    private const int MutationsAFile = 160;

    /// <summary>Larger files take longer and hold no other kinds of header.</summary>
    private const int LargestFile = 40 << 10;

    private static readonly string[] Folders = ["tiff", "imagestack", "imagestack/jpeg", "mrc"];

    private static readonly HashSet<string> Extensions = [".tif", ".tiff", ".png", ".jpg", ".mrc", ".map", ".gz", ".bz2"];

    public static IEnumerable<TheoryDataRow<string>> Files() =>
        Folders.Select(SharedData.Fixture).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles)
            .Where(path => Extensions.Contains(Path.GetExtension(path)) && new FileInfo(path).Length <= LargestFile)
            .Select(path => Path.GetRelativePath(SharedData.Fixture(""), path)).Order(StringComparer.Ordinal)
            .Select(name => new TheoryDataRow<string>(name) { TestDisplayName = $"Damaged {name}" });

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_damaged_fixture_gives_voxels_or_an_error_of_ours(string name)
    {
        var file = await File.ReadAllBytesAsync(SharedData.Fixture(name), TestContext.Current.CancellationToken);
        await DamageAsync(file, Path.GetFileName(name));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public Task A_damaged_DM_file_gives_voxels_or_an_error_of_ours(int version, bool bigEndian) => DamageAsync(
        DmWriter.Images(
            version, bigEndian,
            DmWriter.Image(DmTypes.UInt16, new ushort[60], [5, 4, 3], [(1, "nm"), (1, "nm"), (0.04, "µm")], ("a", 1), ("b", new double[][] { [1, 2] }), ("c", "text")),
            DmWriter.Image(DmTypes.Rgba, new byte[64], [4, 4], [(1, "nm"), (1, "nm")])),
        $"a.dm{version}");

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 4)]
    [InlineData(4, 8)]
    [InlineData(101, 1)]
    public Task A_damaged_MRC_file_gives_voxels_or_an_error_of_ours(int mode, int bytes) => DamageAsync(
        new MrcBuilder(6, 5, 4, mode, bigEndian: mode == 2).Cell(24, 20, 160).With(new byte[120 * bytes], new byte[160]), "a.mrc");

    [Theory]
    [InlineData("gray_u8.png")]
    [InlineData("gray_u8_interlaced.png")]
    [InlineData("rgb_u16_interlaced.png")]
    [InlineData("rgb_420.jpg")]
    public async Task A_header_that_claims_gigabytes_takes_none(string name)
    {
        var file = await File.ReadAllBytesAsync(SharedData.Fixture($"imagestack/{name}"), TestContext.Current.CancellationToken);
        const int PngSize = 16, Claim = 40_000;
        if (name.EndsWith(".png", StringComparison.Ordinal))
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(PngSize), Claim);
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(PngSize + 4), Claim);
        }
        else
        {
            var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0, 0, 17, 8]);
            frame.Should().BePositive();
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), Claim);
            BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), Claim);
        }

        await HostileInput.OpenAndReadAllAsync(new Mutation($"{Claim} pixels claimed", file), name);
    }

    [Theory]
    [InlineData(1, 1, 40_000)]
    [InlineData(2, 1, 40_000)]
    [InlineData(4, 1, 40_000)]
    [InlineData(4, 1, 100_000)]
    [InlineData(5, 8, 40_000)]
    [InlineData(7, 8, 40_000)]
    [InlineData(8, 8, 40_000)]
    [InlineData(8, 12, 30_000)]
    [InlineData(32773, 8, 40_000)]
    [InlineData(50000, 16, 30_000)]
    public async Task A_TIFF_page_that_claims_gigabytes_takes_none(int compression, int bits, int size)
    {
        var pixels = new byte[64];
        var builder = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, size).Tag(257, TiffBuilder.Long, size).Tag(258, TiffBuilder.Short, bits)
            .Tag(259, TiffBuilder.Short, compression).Tag(273, TiffBuilder.Long, 8).Tag(279, TiffBuilder.Long, pixels.Length);
        await HostileInput.OpenAndReadAllAsync(new Mutation($"compression {compression}", builder.File(pixels)), "a.tif");
    }

    [Fact]
    public void Damage_is_the_same_at_every_run_and_changes_the_file()
    {
        var file = new byte[1000];
        new Random(5).NextBytes(file);
        var first = Mutation.Of(file, seed: 3, count: 200).ToList();
        var second = Mutation.Of(file, seed: 3, count: 200).ToList();
        first.Should().HaveCount(200);
        first.Select(mutation => mutation.What).Should().Equal(second.Select(mutation => mutation.What));
        first.Zip(second).All(pair => pair.First.Bytes.AsSpan().SequenceEqual(pair.Second.Bytes)).Should().BeTrue();
        first.Count(mutation => !mutation.Bytes.AsSpan().SequenceEqual(file)).Should().BeGreaterThan(190);
    }

    private static async Task DamageAsync(byte[] file, string name)
    {
        (await HostileInput.OpenAndReadAllAsync(new Mutation("whole", file), name)).Should().BePositive("the damage is what is refused");
        foreach (var mutation in Mutation.Of(file, seed: 1, MutationsAFile))
            await HostileInput.OpenAndReadAllAsync(mutation, name);
    }
}
