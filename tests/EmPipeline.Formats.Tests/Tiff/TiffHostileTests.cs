using EmPipeline.Formats.Tiff;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Tiff;

/// <summary>Damaged files and headers that claim what is not there: an error that names the place, in little time and memory.</summary>
public sealed class TiffHostileTests
{
    private const long FewBytes = 4 << 20;

    [Fact]
    public async Task A_file_cut_off_anywhere_is_refused_or_reads_what_it_read_before()
    {
        foreach (var name in new[] { "u8_stack_strips.tif", "rgb_u8_deflate_predictor_tiled.tif", "i16_tiled_bigtiff_big_endian.tif", "u8_stack_lzw.tif" })
        {
            var whole = await File.ReadAllBytesAsync(SharedData.Fixture($"tiff/{name}"));
            var expected = await ReadAsync(whole);
            for (var length = 0; length < whole.Length; length += 1 + (whole.Length / 97))
            {
                try
                {
                    // Bytes that no tag points to (tables at the end that a writer left) may be missing without loss.
                    (await ReadAsync(whole[..length])).Should().Equal(expected);
                }
                catch (EmException e)
                {
                    e.Fault.Should().Be(Fault.Corrupt);
                    e.Message.Should().StartWith("a.tif");
                }
            }
        }
    }

    [Fact]
    public async Task Flipped_bytes_never_end_in_another_kind_of_error()
    {
        var random = new Random(7);
        var (answered, refused) = (0, 0);
        foreach (var name in new[] { "u16_stack_lzw_predictor_big_endian.tif", "rgb_u8_planar_lzw.tif", "ome_czyx.ome.tif", "imagej_hyperstack.tif", "jpeg_ycbcr_tiled.tif", "u8_stack_packbits_tiled.tif", "bool_group4.tif" })
        {
            var whole = await File.ReadAllBytesAsync(SharedData.Fixture($"tiff/{name}"));
            for (var i = 0; i < 300; i++)
            {
                var damaged = (byte[])whole.Clone();
                for (var flips = 0; flips < 3; flips++)
                    damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                try
                {
                    await ReadAsync(damaged);
                    answered++;
                }
                catch (EmException e)
                {
                    e.Message.Should().StartWith("a.tif");
                    refused++;
                }
            }
        }

        answered.Should().BePositive();
        refused.Should().BePositive();
    }

    [Fact]
    public async Task Directories_in_a_circle_are_found()
    {
        var builder = new TiffBuilder().Gray(2, 2, 8, 8, 4);
        byte[] file = [.. builder.Header(12), 1, 2, 3, 4, .. builder.Directory(12, next: 12)];
        (await FailAsync(file)).Message.Should().Contain("read before");
    }

    [Fact]
    public async Task Overlapping_directories_are_bounded()
    {
        // Every two bytes a directory without tags starts, whose link is the next one.
        var file = new List<byte>(new TiffBuilder().Header(8));
        for (var at = 8; at < 4000; at += 6)
            file.AddRange([0, 0, .. BitConverter.GetBytes(at + 6)]);
        (await FailAsync([.. file])).Fault.Should().Be(Fault.Corrupt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(7)]
    [InlineData(50000)]
    public async Task A_strip_larger_than_the_file_is_not_allocated(int compression)
    {
        var builder = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, 40000).Tag(257, TiffBuilder.Long, 40000).Tag(258, TiffBuilder.Short, 8).Tag(259, TiffBuilder.Short, compression)
            .Tag(273, TiffBuilder.Long, 8).Tag(279, TiffBuilder.Long, 2000000000);
        var file = builder.File(new byte[64]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        (await FailAsync(file)).Message.Should().Contain("end of the file");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(FewBytes);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(32773)]
    public async Task A_few_compressed_bytes_cannot_claim_a_large_strip(int compression)
    {
        var builder = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, 40000).Tag(257, TiffBuilder.Long, 40000).Tag(258, TiffBuilder.Short, 8).Tag(259, TiffBuilder.Short, compression)
            .Tag(273, TiffBuilder.Long, 8).Tag(279, TiffBuilder.Long, 64);
        await using var store = new MemoryStore("a.tif", builder.File(new byte[64]));
        var reader = (await new TiffFormat().OpenAsync(new VolumePath(store, "a.tif"))).Single();
        var box = new Box(new NdIndex(0, 0), new NdIndex(1, 40000));
        var read = async () => await reader.ReadAsync(box, new byte[40000]);
        (await read.Should().ThrowAsync<EmException>()).Which.Message.Should().Contain("too few");
    }

    [Fact]
    public async Task A_count_of_strips_that_the_file_cannot_hold_is_refused()
    {
        var builder = new TiffBuilder(big: true)
            .Tag(256, TiffBuilder.Long, 10).Tag(257, TiffBuilder.Long, 2000000000).Tag(258, TiffBuilder.Short, 8).Tag(278, TiffBuilder.Long, 1)
            .Claim(273, TiffBuilder.Long8, long.MaxValue, 16).Claim(279, TiffBuilder.Long8, 1L << 61, 16);
        (await FailAsync(builder.File(new byte[64]))).Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task Sizes_that_overflow_are_refused()
    {
        var builder = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, int.MaxValue).Tag(257, TiffBuilder.Long, int.MaxValue).Tag(258, TiffBuilder.Short, 64)
            .Tag(277, TiffBuilder.Short, 65535).Tag(273, TiffBuilder.Long, 8).Tag(279, TiffBuilder.Long, 8);
        (await FailAsync(builder.File(new byte[64]))).Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task An_ImageJ_stack_that_is_cut_off_is_refused()
    {
        var builder = new TiffBuilder().Gray(4, 4, 8, 8, 16).Text(270, "ImageJ=1.54f\nimages=100\nslices=100\n");
        (await FailAsync(builder.File(new byte[16 * 50]))).Message.Should().Contain("truncated");
    }

    [Fact]
    public async Task What_is_not_supported_is_named()
    {
        var builder = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, 8).Tag(257, TiffBuilder.Long, 1).Tag(259, TiffBuilder.Short, 34887).Tag(273, TiffBuilder.Long, 8).Tag(279, TiffBuilder.Long, 1);
        var error = await FailAsync(builder.File([1]));
        error.Fault.Should().Be(Fault.Unsupported);
        error.Message.Should().Contain("LERC");
    }

    private static async Task<EmException> FailAsync(byte[] file)
    {
        var read = () => ReadAsync(file);
        return (await read.Should().ThrowAsync<EmException>()).Which;
    }

    private static async Task<byte[]> ReadAsync(byte[] file)
    {
        await using var store = new MemoryStore("a.tif", file);
        var all = new List<byte>();
        foreach (var reader in await new TiffFormat().OpenAsync(new VolumePath(store, "a.tif")))
        {
            // What a caller would do with a claim of gigabytes: read a part.
            var shape = reader.Info.Shape;
            for (var axis = 0; axis < shape.Rank; axis++)
                shape[axis] = Math.Min(shape[axis], 256);
            var voxels = new byte[shape.Volume * reader.Info.Type.Size()];
            await reader.ReadAsync(Box.Whole(shape), voxels);
            all.AddRange(voxels);
        }

        return [.. all];
    }
}
