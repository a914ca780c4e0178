using System.Buffers.Binary;
using System.IO.Compression;
using EmPipeline.Formats.Tiff;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Tiff;

/// <summary>Sample sizes that no library here writes, laid out by hand.</summary>
public sealed class TiffSampleTests
{
    [Theory]
    [InlineData(2, 1, VoxelType.UInt8)]
    [InlineData(4, 1, VoxelType.UInt8)]
    [InlineData(4, 2, VoxelType.Int8)]
    [InlineData(6, 1, VoxelType.UInt8)]
    [InlineData(10, 1, VoxelType.UInt16)]
    [InlineData(12, 1, VoxelType.UInt16)]
    [InlineData(12, 2, VoxelType.Int16)]
    [InlineData(14, 1, VoxelType.UInt16)]
    [InlineData(17, 1, VoxelType.UInt32)]
    [InlineData(31, 2, VoxelType.Int32)]
    [InlineData(47, 1, VoxelType.UInt64)]
    [InlineData(63, 2, VoxelType.Int64)]
    public async Task Packed_integers_keep_their_value_and_sign(int bits, int sampleFormat, VoxelType type)
    {
        const int Width = 7, Height = 5;
        var values = Values(Width * Height, bits);
        var file = new TiffBuilder().Gray(Width, Height, bits, 8, 0, sampleFormat).File(Pack(values, Width, bits));

        var (info, voxels) = await ReadAsync(file);

        info.Type.Should().Be(type);
        voxels.Should().Equal(values.SelectMany(value => Bytes(sampleFormat == 2 ? SignExtend(value, bits) : value, type.Size())));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Integers_of_24_bits_have_their_highest_byte_first_in_both_byte_orders(bool bigEndian)
    {
        var values = new ulong[] { 0x010203, 0xFEDCBA, 0, 0xFFFFFF };
        var pixels = values.SelectMany(value => Bytes(value, 3).Reverse()).ToArray();

        var (info, voxels) = await ReadAsync(new TiffBuilder(bigEndian: bigEndian).Gray(2, 2, 24, 8, 12).File(pixels));

        info.Type.Should().Be(VoxelType.UInt32);
        voxels.Should().Equal(values.SelectMany(value => Bytes(value, 4)));
    }

    [Theory]
    [InlineData(0x3F0000u, 1f)]
    [InlineData(0xBF8000u, -1.5f)]
    [InlineData(0x000000u, 0f)]
    [InlineData(0x7F0000u, float.PositiveInfinity)]
    [InlineData(0x000001u, 3.3087225e-24f)]
    [InlineData(0x010000u, 2.1684043e-19f)]
    public async Task Floats_of_24_bits_become_float32(uint stored, float expected)
    {
        var (info, voxels) = await ReadAsync(new TiffBuilder().Gray(1, 1, 24, 8, 3, sampleFormat: 3).File(Bytes(stored, 3)));

        info.Type.Should().Be(VoxelType.Float32);
        BinaryPrimitives.ReadSingleLittleEndian(voxels).Should().Be(expected);
    }

    [Fact]
    public async Task Floating_point_predictor_is_the_same_in_both_byte_orders()
    {
        // Bytes of each number apart, most significant first, then differences of neighbours.
        float[] numbers = [1.5f, -2.25f, 1e10f];
        var planes = new byte[12];
        for (var i = 0; i < 3; i++)
        {
            for (var plane = 0; plane < 4; plane++)
                planes[(plane * 3) + i] = (byte)(BitConverter.SingleToUInt32Bits(numbers[i]) >> (24 - (8 * plane)));
        }

        for (var i = planes.Length - 1; i > 0; i--)
            planes[i] -= planes[i - 1];
        var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(planes);
        foreach (var bigEndian in new[] { false, true })
        {
            var builder = new TiffBuilder(bigEndian: bigEndian)
                .Tag(256, TiffBuilder.Long, 3).Tag(257, TiffBuilder.Long, 1).Tag(258, TiffBuilder.Short, 32).Tag(259, TiffBuilder.Short, 8)
                .Tag(273, TiffBuilder.Long, 8).Tag(279, TiffBuilder.Long, compressed.Length).Tag(317, TiffBuilder.Short, 3).Tag(339, TiffBuilder.Short, 3);
            var (_, voxels) = await ReadAsync(builder.File(compressed.ToArray()));
            voxels.Should().Equal(numbers.SelectMany(BitConverter.GetBytes));
        }
    }

    [Fact]
    public async Task Complex_numbers_are_an_axis_of_two()
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Fixture("tiff/complex64.tif"));
        reader.Info.Axes.Should().Be("yxi");
        reader.Info.Shape.Should().Be(new NdIndex(FormulaVoxels.Height, FormulaVoxels.Width, 2));
        var expected = FormulaVoxels.Values(1).SelectMany(value => new[] { value / 8f, (value / 8f * -2f) + 0f }).SelectMany(BitConverter.GetBytes);
        (await reader.ReadAllAsync()).Should().Equal(expected);
    }

    [Fact]
    public async Task Old_LZW_streams_have_their_bits_the_other_way_and_widen_their_codes_later()
    {
        // Bytes only, each of which still adds a table entry: 700 of them cross the change from 9 to 10 bits.
        var voxels = Enumerable.Range(0, 700).Select(i => (byte)(i * 7)).ToArray();
        var file = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, 700).Tag(257, TiffBuilder.Long, 1).Tag(258, TiffBuilder.Short, 8).Tag(259, TiffBuilder.Short, 5)
            .Tag(273, TiffBuilder.Long, 8);
        var stream = CompatLzw(voxels);

        var (_, read) = await ReadAsync(file.Tag(279, TiffBuilder.Long, stream.Length).File(stream));

        read.Should().Equal(voxels);
    }

    [Fact]
    public async Task Segments_that_were_never_written_read_as_zeros()
    {
        var file = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, 4).Tag(257, TiffBuilder.Long, 4).Tag(258, TiffBuilder.Short, 8).Tag(259, TiffBuilder.Short, 1)
            .Tag(273, TiffBuilder.Long, 8, 0).Tag(278, TiffBuilder.Long, 2).Tag(279, TiffBuilder.Long, 8, 0);
        var (_, voxels) = await ReadAsync(file.File([1, 2, 3, 4, 5, 6, 7, 8]));
        voxels.Should().Equal(1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(32773)]
    public async Task Sizes_of_zero_for_all_strips_are_no_sizes(int compression)
    {
        // PackBits: two bytes as they are, for each strip.
        byte[] pixels = compression == 1 ? [1, 2, 3, 4] : [1, 1, 2, 1, 3, 4];
        var step = pixels.Length / 2;
        var file = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, 2).Tag(257, TiffBuilder.Long, 2).Tag(258, TiffBuilder.Short, 8).Tag(259, TiffBuilder.Short, compression)
            .Tag(273, TiffBuilder.Long, 8, 8 + step).Tag(278, TiffBuilder.Long, 1).Tag(279, TiffBuilder.Long, 0, 0);
        (await ReadAsync(file.File(pixels))).Voxels.Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public async Task Samples_that_are_not_counted_are_as_many_as_their_sizes()
    {
        var file = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, 2).Tag(257, TiffBuilder.Long, 1).Tag(258, TiffBuilder.Short, 8, 8, 8).Tag(262, TiffBuilder.Short, 2)
            .Tag(273, TiffBuilder.Long, 8).Tag(279, TiffBuilder.Long, 6);
        var (info, voxels) = await ReadAsync(file.File([1, 2, 3, 4, 5, 6]));
        info.Shape.Should().Be(new NdIndex(1, 2, 3));
        voxels.Should().Equal(1, 2, 3, 4, 5, 6);
    }

    [Fact]
    public async Task Differences_of_packed_integers_wrap_at_their_own_size()
    {
        // 12 bits: 0xFFF, then 2 more, then 0xFFE more.
        var compressed = new MemoryStream();
        using (var deflate = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write([0xFF, 0xF0, 0x02, 0xFF, 0xE0]);
        var file = new TiffBuilder()
            .Tag(256, TiffBuilder.Long, 3).Tag(257, TiffBuilder.Long, 1).Tag(258, TiffBuilder.Short, 12).Tag(259, TiffBuilder.Short, 8)
            .Tag(273, TiffBuilder.Long, 8).Tag(279, TiffBuilder.Long, compressed.Length).Tag(317, TiffBuilder.Short, 2);
        (await ReadAsync(file.File(compressed.ToArray()))).Voxels.Should().Equal(0xFF, 0x0F, 0x01, 0x00, 0xFF, 0x0F);
    }

    private static async Task<(VolumeInfo Info, byte[] Voxels)> ReadAsync(byte[] file)
    {
        await using var store = new MemoryStore("a.tif", file);
        var reader = (await new TiffFormat().OpenAsync(new VolumePath(store, "a.tif"))).Should().ContainSingle().Subject;
        await using (reader)
        {
            var voxels = new byte[reader.Info.DecodedBytes];
            await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
            return (reader.Info, voxels);
        }
    }

    private static byte[] CompatLzw(byte[] bytes)
    {
        var (codes, next, bits) = (new List<bool>(), 258, 9);
        void Put(int code)
        {
            for (var bit = 0; bit < bits; bit++)
                codes.Add(((code >> bit) & 1) != 0);
        }

        Put(256);
        for (var i = 0; i < bytes.Length; i++)
        {
            Put(bytes[i]);
            if (i > 0 && ++next >= 1 << bits)
                bits++;
        }

        Put(257);
        return [.. codes.Chunk(8).Select(chunk => (byte)chunk.Select((bit, i) => bit ? 1 << i : 0).Sum())];
    }

    private static ulong[] Values(int count, int bits)
    {
        var random = new Random(bits);
        return [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64() & (ulong.MaxValue >> (64 - bits)))];
    }

    private static byte[] Pack(ulong[] values, int width, int bits)
    {
        var rows = values.Chunk(width).Select(row => row.SelectMany(value => Enumerable.Range(1, bits).Select(i => ((value >> (bits - i)) & 1) != 0)));
        return [.. rows.SelectMany(row => row.Chunk(8).Select(chunk => (byte)chunk.Select((bit, i) => bit ? 128 >> i : 0).Sum()))];
    }

    private static ulong SignExtend(ulong value, int bits) => (ulong)((long)(value << (64 - bits)) >> (64 - bits));

    private static byte[] Bytes(ulong value, int size) => BitConverter.GetBytes(value)[..size];
}
