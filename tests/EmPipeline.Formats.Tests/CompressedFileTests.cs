using System.IO.Compression;
using EmPipeline.Formats.Tests.Mrc;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests;

public sealed class CompressedFileTests
{
    private static readonly byte[] Voxels = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
    private static readonly byte[] Plain = new MrcBuilder(4, 3, 2, 0).With(Voxels);

    [Theory]
    [InlineData("a.mrc.gz")]
    [InlineData("a.map.GZ")]
    [InlineData("no-suffix")]
    public async Task A_gzip_file_is_what_is_inside(string name) => await ShouldReadAsync(name, Gzip(Plain));

    [Fact]
    public async Task A_gzip_file_of_several_members_is_read_to_its_end() =>
        await ShouldReadAsync("a.mrc.gz", [.. Gzip(Plain[..1030]), .. Gzip(Plain[1030..])]);

    [Fact]
    public async Task A_bzip2_file_is_what_is_inside() =>
        await ShouldReadAsync("plain.mrc.bz2", await File.ReadAllBytesAsync(SharedData.Fixture("mrc/plain.mrc.bz2"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_bzip2_file_cut_off_is_corrupt()
    {
        var packed = await File.ReadAllBytesAsync(SharedData.Fixture("mrc/plain.mrc.bz2"), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<EmException>(async () => await FormatRegistry.OpenAsync(Opening.InMemory("a.bz2", packed[..(packed.Length / 2)])));
        error.Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task Damaged_compressed_data_is_corrupt()
    {
        var packed = Gzip(Plain);
        packed[20] ^= 0x55;
        var error = await Assert.ThrowsAsync<EmException>(async () => await FormatRegistry.OpenAsync(Opening.InMemory("a.mrc.gz", packed)));
        (error.Fault, error.Message).Should().Match<(Fault Fault, string Message)>(e => e.Fault == Fault.Corrupt && e.Message.StartsWith("a.mrc.gz"));
    }

    [Fact]
    public async Task The_unpacked_file_goes_with_its_last_reader()
    {
        var before = Unpacked();
        var reader = (await FormatRegistry.OpenAsync(Opening.InMemory("a.mrc.gz", Gzip(Plain)))).Single();
        var folder = Unpacked().Except(before).Should().ContainSingle().Subject;
        await reader.DisposeAsync();
        await reader.DisposeAsync();
        Directory.Exists(folder).Should().BeFalse();

        static string[] Unpacked() =>
            [.. Directory.GetDirectories(Path.GetTempPath(), "empipeline-*").Where(d => File.Exists(Path.Combine(d, "unpacked")) && new FileInfo(Path.Combine(d, "unpacked")).Length == Plain.Length)];
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static async Task ShouldReadAsync(string name, byte[] packed)
    {
        await using var reader = (await FormatRegistry.OpenAsync(Opening.InMemory(name, packed))).Single();
        reader.Info.Format.Should().Be("mrc");
        var voxels = new byte[Voxels.Length];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels, TestContext.Current.CancellationToken);
        voxels.Should().Equal(Voxels);
    }
}
