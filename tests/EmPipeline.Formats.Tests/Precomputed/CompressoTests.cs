using System.Numerics;
using EmPipeline.Formats.Precomputed;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class CompressoTests
{
    [Theory]
    [InlineData(4, 0, 4, 4, 1)]
    [InlineData(4, 1, 4, 4, 1)]
    [InlineData(4, 1, 8, 8, 1)]
    [InlineData(4, 0, 4, 4, 2)]
    [InlineData(4, 1, 4, 2, 1)]
    [InlineData(4, 0, 3, 5, 2)]
    [InlineData(6, 0, 4, 4, 1)]
    public void Labels_of_every_width_come_back(int connectivity, int version, int stepX, int stepY, int stepZ)
    {
        int[] step = [stepX, stepY, stepZ];
        Check<uint>([37, 29, 11], step, connectivity, version);
        Check<ulong>([16, 16, 8], step, connectivity, version);
        Check<ushort>([5, 64, 3], step, connectivity, version);
        Check<byte>([20, 1, 4], [4, 4, 1], connectivity, version);
    }

    [Fact]
    public void One_label_throughout_has_no_boundary_and_comes_back()
    {
        var labels = new uint[6 * 5 * 4];
        labels.AsSpan().Fill(77);
        RoundTrip(labels, [6, 5, 4], [4, 4, 1], 4, 0).Should().Equal(labels);
    }

    [Fact]
    public void Runs_of_empty_windows_longer_than_an_entry_can_count_come_back()
    {
        var labels = new uint[256 * 256 * 10];
        labels[^1] = 5;
        RoundTrip(labels, [256, 256, 10], [4, 2, 1], 4, 1).Should().Equal(labels);
    }

    [Fact]
    public void Damage_is_an_error_and_never_anything_else()
    {
        long[] extent = [24, 20, 6];
        var shape = new NdIndex(1, 6, 20, 24);
        var encoded = CompressoEncoder.Encode<uint>(Labels.Cells<uint>(extent, 6, 1), extent, [4, 4, 1], version: 1);
        var decoder = new CompressoChunk(sizeof(uint));
        Damage.ShouldBeReported(encoded, bytes =>
        {
            decoder.Measure(bytes, shape, shape);
            decoder.Decode(bytes, shape, new byte[24 * 20 * 6 * sizeof(uint)]);
        });
    }

    private static void Check<T>(long[] extent, int[] step, int connectivity, int version)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var labels = Labels.Cells<T>(extent, 9, seed: 5);
        RoundTrip(labels, extent, step, connectivity, version).Should().Equal(labels);
    }

    private static T[] RoundTrip<T>(T[] labels, long[] extent, int[] step, int connectivity, int version)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        var encoded = CompressoEncoder.Encode<T>(labels, extent, step, connectivity, version);

        var shape = new NdIndex(1, extent[2], extent[1], extent[0]);
        var decoder = new CompressoChunk(System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        decoder.Measure(encoded, shape, shape).Should().Be(shape);
        var decoded = new byte[Labels.Bytes(labels).Length];
        decoder.Decode(encoded, shape, decoded);
        return Labels.From<T>(decoded);
    }
}
