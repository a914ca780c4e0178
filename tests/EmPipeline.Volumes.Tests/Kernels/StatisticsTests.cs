using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Kernels;

public sealed class StatisticsTests
{
    public static TheoryData<VoxelType> GreyTypes() => [VoxelType.UInt8, VoxelType.Int8, VoxelType.UInt16, VoxelType.Int16];

    [Theory]
    [MemberData(nameof(GreyTypes))]
    public void Vector_sums_equal_the_scalar_ones_for_every_length_and_for_extremes(VoxelType type)
    {
        var random = new Random(1);
        for (var length = 0; length < 9000; length += length < 200 ? 1 : 977)
        {
            var voxels = new byte[length * type.Size()];
            random.NextBytes(voxels);
            MomentKernels.Of(type, voxels, 7).Should().Be(MomentKernels.Scalar(type, voxels, 7));
        }

        foreach (var value in new byte[] { 0x00, 0x7F, 0x80, 0xFF })
        {
            var voxels = new byte[100_000];
            voxels.AsSpan().Fill(value);
            MomentKernels.Of(type, voxels, 0).Should().Be(MomentKernels.Scalar(type, voxels, 0), "every byte is {0}", value);
        }
    }

    [Theory]
    [MemberData(nameof(GreyTypes))]
    public void Percentiles_of_small_blocks_are_exact(VoxelType type)
    {
        var random = new Random(2);
        foreach (var count in new[] { 1, 2, 3, 99, 100, 101, 60_000 })
        {
            var voxels = new byte[count * type.Size()];
            random.NextBytes(voxels);
            var sorted = Values(type, voxels).Order().ToArray();
            var got = Summarise(type, voxels, 1 + random.Next(500));
            Percentiles(got).Should().Equal(new[] { 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 }.Select(p => sorted[(int)Math.Ceiling(p * count) - 1]));
            (got.Count, got.Min, got.Max).Should().Be((count, sorted[0], sorted[^1]));
        }
    }

    [Fact]
    public void Percentiles_of_large_blocks_are_off_by_a_percent_of_rank_at_most_and_the_rest_is_exact()
    {
        // A ramp with noise: as uneven in space as a volume gets.
        var random = new Random(3);
        var voxels = new byte[128 * 128 * 128];
        for (var i = 0; i < voxels.Length; i++)
            voxels[i] = (byte)Math.Clamp((i >> 14) + random.Next(-20, 20), 0, 255);
        var sorted = voxels.Order().ToArray();
        var got = Summarise(VoxelType.UInt8, voxels, 32 * 32 * 32);
        (got.Min, got.Max, got.FillCount).Should().Be((sorted[0], sorted[^1], voxels.Count(voxel => voxel == 0)));
        got.Mean.Should().BeApproximately(voxels.Average(voxel => (double)voxel), 1e-9);
        var wanted = new[] { 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 };
        foreach (var (percentile, p) in Percentiles(got).Zip(wanted))
        {
            var low = sorted[(int)(Math.Max(0, p - 0.01) * sorted.Length)];
            var high = sorted[(int)Math.Min(sorted.Length - 1, (p + 0.01) * sorted.Length)];
            percentile.Should().BeInRange(low, high);
        }
    }

    [Theory]
    [InlineData(VoxelType.Int32)]
    [InlineData(VoxelType.UInt32)]
    [InlineData(VoxelType.Int64)]
    [InlineData(VoxelType.UInt64)]
    [InlineData(VoxelType.Float16)]
    [InlineData(VoxelType.Float32)]
    [InlineData(VoxelType.Float64)]
    public void Wide_types_are_summed_in_double_precision(VoxelType type)
    {
        var random = new Random(4);
        var numbers = Enumerable.Range(0, 5000).Select(_ => (double)random.Next(0, 2000)).ToArray();
        var voxels = Bytes(type, numbers);
        var got = Summarise(type, voxels, 777);
        var mean = numbers.Average();
        (got.Count, got.Min, got.Max).Should().Be((numbers.Length, numbers.Min(), numbers.Max()));
        got.Mean.Should().BeApproximately(mean, 1e-6);
        got.StandardDeviation.Should().BeApproximately(Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean))), 1e-6);
        got.P50.Should().Be(numbers.Order().ElementAt(2499));
        got.FillCount.Should().Be(numbers.Count(number => number == 0));
    }

    [Fact]
    public void Large_numbers_that_hardly_differ_keep_their_deviation()
    {
        var numbers = Enumerable.Range(0, 4000).Select(i => 1e9 + (i % 2)).ToArray();
        Summarise(VoxelType.Float64, Bytes(VoxelType.Float64, numbers), 512).StandardDeviation.Should().BeApproximately(0.5, 1e-9);
    }

    [Theory]
    [InlineData(VoxelType.Int32)]
    [InlineData(VoxelType.UInt32)]
    [InlineData(VoxelType.Int64)]
    [InlineData(VoxelType.UInt64)]
    [InlineData(VoxelType.Float64)]
    public void A_mean_far_above_the_deviation_leaves_both_right_whatever_came_first(VoxelType type)
    {
        // The first voxel is far from all others.
        var numbers = Enumerable.Range(0, 300_000).Select(i => i == 0 ? 0 : 1e9 + (2 * (i % 2)) - 1).ToArray();
        var got = Summarise(type, Bytes(type, numbers), 32_768);
        var mean = numbers.Average();
        got.Mean.Should().BeApproximately(mean, 1e-3);
        got.StandardDeviation.Should().BeApproximately(Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean))), 1e-3);
        var rest = Summarise(type, Bytes(type, numbers[1..]), 777);
        rest.Mean.Should().BeApproximately(1e9, 1e-4);
        rest.StandardDeviation.Should().BeApproximately(1, 1e-6);
    }

    [Theory]
    [InlineData(VoxelType.Float16)]
    [InlineData(VoxelType.Float32)]
    [InlineData(VoxelType.Float64)]
    public void What_is_no_finite_number_is_counted_and_left_out(VoxelType type)
    {
        double[] numbers = [1, double.NaN, 3, double.PositiveInfinity, double.NegativeInfinity, 5];
        var got = Summarise(type, Bytes(type, numbers), 4);
        (got.Count, got.NotFinite, got.Min, got.Max, got.Mean, got.P50).Should().Be((3, 3, 1, 5, 3, 3));
        got.StandardDeviation.Should().BeApproximately(Math.Sqrt(8.0 / 3), 1e-9);
        var nothing = Summarise(type, Bytes(type, [double.NaN, double.PositiveInfinity]), 4);
        (nothing.Count, nothing.NotFinite).Should().Be((0, 2));
        new[] { nothing.Min, nothing.Max, nothing.Mean, nothing.StandardDeviation, nothing.P1, nothing.P99 }.Should().OnlyContain(value => double.IsNaN(value));
    }

    [Fact]
    public void NaN_is_left_out_and_nothing_but_NaN_has_no_statistics()
    {
        var got = Summarise(VoxelType.Float32, Bytes(VoxelType.Float32, [1, double.NaN, 3]), 100);
        (got.Count, got.Mean, got.Max).Should().Be((2, 2, 3));
        double.IsNaN(Summarise(VoxelType.Float32, Bytes(VoxelType.Float32, [double.NaN]), 100).Mean).Should().BeTrue();
    }

    private static double[] Percentiles(VoxelSummary s) => [s.P1, s.P5, s.P25, s.P50, s.P75, s.P95, s.P99];

    private static VoxelSummary Summarise(VoxelType type, byte[] voxels, int run)
    {
        var statistics = VoxelStatistics.For(type, new byte[type.Size()]);
        // Twice: what the first block leaves behind must not matter.
        for (var round = 0; round < 2; round++)
        {
            statistics.Reset(voxels.Length / type.Size());
            for (var at = 0; at < voxels.Length; at += run * type.Size())
                statistics.Add(voxels.AsSpan(at, Math.Min(run * type.Size(), voxels.Length - at)));
            if (round == 1)
                return statistics.Summarise();
            statistics.Summarise();
        }

        throw new InvalidOperationException();
    }

    private static IEnumerable<double> Values(VoxelType type, byte[] voxels) => type switch
    {
        VoxelType.UInt8 => voxels.Select(voxel => (double)voxel),
        VoxelType.Int8 => voxels.Select(voxel => (double)(sbyte)voxel),
        VoxelType.UInt16 => MemoryMarshal.Cast<byte, ushort>(voxels).ToArray().Select(voxel => (double)voxel),
        _ => MemoryMarshal.Cast<byte, short>(voxels).ToArray().Select(voxel => (double)voxel),
    };

    private static byte[] Bytes(VoxelType type, double[] numbers) => type switch
    {
        VoxelType.Int32 => Bytes<int>(numbers),
        VoxelType.UInt32 => Bytes<uint>(numbers),
        VoxelType.Int64 => Bytes<long>(numbers),
        VoxelType.UInt64 => Bytes<ulong>(numbers),
        VoxelType.Float16 => Bytes<Half>(numbers),
        VoxelType.Float32 => Bytes<float>(numbers),
        _ => Bytes<double>(numbers),
    };

    private static byte[] Bytes<T>(double[] numbers)
        where T : unmanaged, INumber<T> => MemoryMarshal.AsBytes(numbers.Select(T.CreateTruncating).ToArray().AsSpan()).ToArray();
}
