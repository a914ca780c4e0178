using EmPipeline.Formats.Precomputed;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class CompressedSegmentationTests
{
    private static readonly NdIndex Block8 = NdIndex.Filled(3, 8);

    [Fact]
    public void The_cube_that_Neuroglancer_tests_its_encoders_with_comes_back()
    {
        var cube = File.ReadAllBytes(SharedData.Require("realdata/precomputed/neuroglancer/64x64x64-raw-uint64-segmentation.dat"));
        long[] extent = [64, 64, 64];
        var encoded = CompressedSegmentationEncoder.Encode<ulong>(Labels.From<ulong>(cube), extent, 1, [8, 8, 8]);
        encoded.Length.Should().BeLessThan(cube.Length / 20);
        RoundTrip(encoded, extent, 1, sizeof(ulong), Block8).AsSpan().SequenceEqual(cube).Should().BeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    public void Indexes_of_every_width_come_back(int bits)
    {
        long[] extent = [20, 9, 17];
        var labels = Labels.Cells<uint>(extent, 12, seed: bits);
        var encoded = CompressedSegmentationEncoder.Encode<uint>(labels, extent, 1, [8, 8, 8], bits);
        Labels.From<uint>(RoundTrip(encoded, extent, 1, sizeof(uint), Block8)).Should().Equal(labels);
    }

    [Fact]
    public void Blocks_that_are_not_cubes_and_several_channels_come_back()
    {
        long[] extent = [21, 13, 6];
        ulong[] labels = [.. Labels.Cells<ulong>(extent, 5, seed: 1), .. Labels.Cells<ulong>(extent, 300, seed: 2)];
        var encoded = CompressedSegmentationEncoder.Encode<ulong>(labels, extent, 2, [16, 4, 2]);
        Labels.From<ulong>(RoundTrip(encoded, extent, 2, sizeof(ulong), new NdIndex(2, 4, 16))).Should().Equal(labels);
    }

    [Fact]
    public void Damage_is_an_error_and_never_anything_else()
    {
        long[] extent = [20, 9, 17];
        var encoded = CompressedSegmentationEncoder.Encode<uint>(Labels.Cells<uint>(extent, 12, seed: 1), extent, 1, [8, 8, 8]);
        Damage.ShouldBeReported(encoded, bytes => RoundTrip(bytes, extent, 1, sizeof(uint), Block8));
    }

    private static byte[] RoundTrip(byte[] encoded, long[] extent, int channels, int voxelBytes, NdIndex block)
    {
        var shape = new NdIndex(channels, extent[2], extent[1], extent[0]);
        var decoder = new CompressedSegmentationChunk(voxelBytes, block);
        decoder.Measure(encoded, shape, shape).Should().Be(shape);
        var decoded = new byte[shape.Volume * voxelBytes];
        decoder.Decode(encoded, shape, decoded);
        return decoded;
    }
}
