using System.Runtime.Intrinsics.X86;
using EmPipeline.Volumes.Kernels;
using Steps = EmPipeline.Volumes.Kernels.MomentGather.Steps;

namespace EmPipeline.Volumes.Tests.Kernels;

public sealed class MomentGatherTests
{
    public static TheoryData<VoxelType> Types() => [VoxelType.UInt8, VoxelType.Int8, VoxelType.UInt16, VoxelType.Int16];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_column_is_copied_and_its_moments_are_those_of_a_plain_loop(VoxelType type)
    {
        Assert.SkipUnless(Avx2.IsSupported, "the processor has no such vectors; rows are copied one by one");
        var random = new Random(1);
        foreach (var value in new int?[] { null, 0x00, 0x7F, 0x80, 0xFF })
        {
            foreach (var (planes, rows, fetchesAhead) in new[] { (1, 1, false), (2, 3, true), (3, 4096, false), (32, 32, true) })
            {
                var apart = new Steps(MomentGather.Column + random.Next(9), ((MomentGather.Column + 9) * rows) + random.Next(9));
                var to = new Steps(MomentGather.Half + random.Next(9), ((MomentGather.Half + 9) * rows) + random.Next(9));
                var source = new byte[((planes - 1) * apart.Plane) + ((rows - 1) * apart.Row) + MomentGather.Column];
                random.NextBytes(source);
                if (value is { } all)
                    source.AsSpan().Fill((byte)all);
                var targetLength = ((planes - 1) * to.Plane) + ((rows - 1) * to.Row) + MomentGather.Half;
                var (first, second) = (new byte[targetLength], new byte[targetLength]);
                var got = MomentGather.Copy(type, source, apart, first, second, to, planes, rows, fetchesAhead);
                CheckHalf(type, got.First, source, apart, first, to, planes, rows);
                CheckHalf(type, got.Second, source.AsSpan(MomentGather.Half), apart, second, to, planes, rows);
            }
        }
    }

    [Fact]
    public void A_row_outside_its_span_is_refused()
    {
        Assert.SkipUnless(Avx2.IsSupported, "the processor has no such vectors; rows are copied one by one");
        var (apart, to) = (new Steps(64, 128), new Steps(32, 64));
        Copy(256, 128, 128, apart, to);
        Assert.Throws<ArgumentOutOfRangeException>("source", () => Copy(255, 128, 128, apart, to));
        Assert.Throws<ArgumentOutOfRangeException>("first", () => Copy(256, 127, 128, apart, to));
        Assert.Throws<ArgumentOutOfRangeException>("second", () => Copy(256, 128, 127, apart, to));
        Assert.Throws<ArgumentOutOfRangeException>("source", () => Copy(256, 128, 128, apart with { Row = -1 }, to));
        Assert.Throws<ArgumentOutOfRangeException>("source", () => Copy(256, 128, 128, apart with { Plane = long.MaxValue }, to));

        static void Copy(int source, int first, int second, Steps apart, Steps to) =>
            MomentGather.Copy(VoxelType.UInt8, new byte[source], apart, new byte[first], new byte[second], to, planes: 2, rows: 2, fetchesAhead: false);
    }

    private static void CheckHalf(
        VoxelType type, Moments got, ReadOnlySpan<byte> source, Steps apart, ReadOnlySpan<byte> target, Steps to, int planes, int rows)
    {
        // What the target holds, and nothing between its rows.
        var (wanted, voxels) = (new byte[target.Length], new List<byte>());
        for (var z = 0; z < planes; z++)
        {
            for (var y = 0; y < rows; y++)
            {
                var row = source.Slice((int)((z * apart.Plane) + (y * apart.Row)), MomentGather.Half);
                row.CopyTo(wanted.AsSpan((int)((z * to.Plane) + (y * to.Row))));
                voxels.AddRange(row);
            }
        }

        target.SequenceEqual(wanted).Should().BeTrue();
        got.Should().Be(MomentKernels.Scalar(type, voxels.ToArray(), 0) with { Fill = 0 });
    }
}
