using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Kernels;

public sealed class FillTestTests
{
    public static TheoryData<int> Sizes() => [1, 2, 4, 8];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void One_other_voxel_anywhere_is_found_and_counted(int size)
    {
        byte[] value = [.. Enumerable.Range(1, size).Select(i => (byte)(7 * i))];
        // Lengths on either side of the vectors' widths.
        foreach (var count in new[] { 1, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200 })
        {
            byte[] voxels = [.. Enumerable.Repeat(value, count).SelectMany(bytes => bytes)];
            FillTest.IsAll(voxels, value).Should().BeTrue();
            FillTest.Count(voxels, value).Should().Be(count);
            for (var i = 0; i < voxels.Length; i++)
            {
                voxels[i] ^= 0x80;
                FillTest.IsAll(voxels, value).Should().BeFalse("byte {0} of {1} voxels of {2} bytes differs", i, count, size);
                FillTest.Count(voxels, value).Should().Be(count - 1);
                voxels[i] ^= 0x80;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Nothing_is_all_of_anything(int size)
    {
        FillTest.IsAll([], new byte[size]).Should().BeTrue();
        FillTest.Count([], new byte[size]).Should().Be(0);
    }

    /// <summary>The value's bytes across the border of two voxels are no voxel.</summary>
    [Fact]
    public void Bytes_are_compared_by_whole_voxels()
    {
        byte[] voxels = [1, 2, 1, 2, 1, 2, 1, 1];
        FillTest.Count(voxels, [2, 1]).Should().Be(0);
        FillTest.Count(voxels, [1, 2]).Should().Be(3);
    }

    [Fact]
    public void Not_a_number_equals_itself_and_minus_zero_is_not_zero()
    {
        var nan = BitConverter.GetBytes(float.NaN);
        FillTest.IsAll([.. nan, .. nan], nan).Should().BeTrue();
        FillTest.Count([.. BitConverter.GetBytes(-0f), .. new byte[4]], new byte[4]).Should().Be(1);
    }
}
