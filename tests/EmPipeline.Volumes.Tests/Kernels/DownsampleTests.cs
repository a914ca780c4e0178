using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Kernels;

public sealed class DownsampleTests
{
    [Theory]
    [InlineData(VoxelType.UInt8)]
    [InlineData(VoxelType.Int8)]
    [InlineData(VoxelType.UInt16)]
    [InlineData(VoxelType.Int16)]
    public void Vector_rows_equal_scalar_rows_for_every_length(VoxelType type)
    {
        var random = new Random(1);
        for (var length = 1; length < 200; length++)
        {
            for (var factor = 1; factor <= 2; factor++)
            {
                var row = length * type.Size();
                var source = new byte[4 * row];
                random.NextBytes(source);
                var size = (length + factor - 1) / factor * type.Size();
                var (got, expected) = (new byte[size], new byte[size]);
                Downsample.Halve(type, DownsampleMethod.Mean, source, row, 2 * row, new NdIndex(2, 2, length), new NdIndex(2, 2, factor), got, size, size);
                Scalar(type, source.AsSpan(0, row), source.AsSpan(row, row), source.AsSpan(2 * row, row), source.AsSpan(3 * row), expected, factor);
                got.Should().Equal(expected, "rows have {0} voxels", length);
            }
        }
    }

    [Theory]
    [InlineData(new short[] { 2, 3, 2, 3, 2, 3, 2, 3 }, 3)]
    [InlineData(new short[] { -2, -3, -2, -3, -2, -3, -2, -3 }, -2)]
    [InlineData(new short[] { 0, 0, 0, 0, 0, 0, 0, 3 }, 0)]
    [InlineData(new short[] { 0, 0, 0, 0, 0, 0, 0, 4 }, 1)]
    [InlineData(new short[] { 32767, 32767, 32767, 32767, 32767, 32767, 32767, 32767 }, 32767)]
    [InlineData(new short[] { -32768, -32768, -32768, -32768, -32768, -32768, -32768, -32768 }, -32768)]
    public void Halves_are_rounded_up(short[] eight, short mean)
    {
        var source = System.Runtime.InteropServices.MemoryMarshal.AsBytes(eight.AsSpan());
        var target = new byte[2];
        Downsample.Halve(VoxelType.Int16, DownsampleMethod.Mean, source, 4, 8, NdIndex.Filled(3, 2), NdIndex.Filled(3, 2), target, 2, 2);
        BitConverter.ToInt16(target).Should().Be(mean);
    }

    [Theory]
    [InlineData(new uint[] { 5, 5, 7, 7, 7, 9, 5, 5 }, 5u)]
    [InlineData(new uint[] { 9, 1, 1, 9, 2, 2, 3, 4 }, 9u)]
    [InlineData(new uint[] { 1, 2, 3, 4, 5, 6, 8, 8 }, 8u)]
    public void The_mode_is_the_most_frequent_label_and_the_first_of_several(uint[] eight, uint mode)
    {
        var source = System.Runtime.InteropServices.MemoryMarshal.AsBytes(eight.AsSpan());
        var target = new byte[4];
        Downsample.Halve(VoxelType.UInt32, DownsampleMethod.Mode, source, 8, 16, NdIndex.Filled(3, 2), NdIndex.Filled(3, 2), target, 4, 4);
        BitConverter.ToUInt32(target).Should().Be(mode);
    }

    [Fact]
    public void An_axis_that_is_not_halved_keeps_its_planes()
    {
        byte[] source = [10, 20, 30, 50];
        var target = new byte[2];
        Downsample.Halve(VoxelType.UInt8, DownsampleMethod.Mean, source, 2, 4, new NdIndex(1, 2, 2), new NdIndex(1, 1, 2), target, 1, 2);
        target.Should().Equal(15, 40);
    }

    private static void Scalar(
        VoxelType type, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, Span<byte> target, int factor)
    {
        switch (type)
        {
            case VoxelType.UInt8: ScalarRows.MeanInteger<byte>(a, b, c, d, target, factor); break;
            case VoxelType.Int8: ScalarRows.MeanInteger<sbyte>(a, b, c, d, target, factor); break;
            case VoxelType.UInt16: ScalarRows.MeanInteger<ushort>(a, b, c, d, target, factor); break;
            default: ScalarRows.MeanInteger<short>(a, b, c, d, target, factor); break;
        }
    }
}
