using CsCheck;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Kernels;

public class ReflectionTests
{
    private static readonly Gen<(NdIndex Shape, Box Inside)> Cases =
        from shape in Gen.Long[1, 9].Array[3]
        from first in Gen.Long[0, 1000].Array[3]
        from extent in Gen.Long[0, 1000].Array[3]
        let origin = shape.Zip(first, (length, at) => at % length).ToArray()
        select (new NdIndex(shape), new Box(new NdIndex(origin), new NdIndex([.. Enumerable.Range(0, 3).Select(axis => 1 + (extent[axis] % (shape[axis] - origin[axis])))])));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Every_voxel_is_had_by_walking_to_and_fro_between_the_faces(int size) => Cases.Sample((shape, inside) =>
    {
        var voxels = new byte[shape.Volume * size];
        new Random(1).NextBytes(voxels);
        var before = voxels.ToArray();
        Reflection.Fill(voxels, shape, inside, size);
        var at = 0;
        foreach (var voxel in Box.Whole(shape).CellsTouched(NdIndex.Filled(3, 1)))
        {
            var source = voxel;
            for (var axis = 0; axis < 3; axis++)
                source[axis] = Walk(inside.Origin[axis], inside.End[axis] - 1, voxel[axis]);
            var from = (int)((((source[0] * shape[1]) + source[1]) * shape[2]) + source[2]);
            if (!voxels.AsSpan(at++ * size, size).SequenceEqual(before.AsSpan(from * size, size)))
                return false;
        }

        return true;
    });

    [Fact]
    public void It_is_what_numpy_calls_reflect()
    {
        // np.pad([1, 2, 3], (2, 6), mode="reflect")
        byte[] voxels = [0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0];
        Reflection.Fill(voxels, new NdIndex(1, 1, 11), new Box(new NdIndex(0, 0, 2), new NdIndex(1, 1, 3)), 1);
        voxels.Should().Equal(3, 2, 1, 2, 3, 2, 1, 2, 3, 2, 1);
    }

    [Fact]
    public void Where_there_is_nothing_to_mirror_nothing_is_done()
    {
        byte[] voxels = [1, 2, 3];
        Reflection.Fill(voxels, new NdIndex(1, 1, 3), new Box(new NdIndex(0, 0, 1), new NdIndex(1, 1, 0)), 1);
        voxels.Should().Equal(1, 2, 3);
    }

    /// <summary>One step at a time from the first voxel, turning at the faces.</summary>
    private static long Walk(long first, long last, long to)
    {
        var (at, step) = (first, to < first ? -1 : 1);
        for (var left = Math.Abs(to - first); left > 0 && first < last; left--)
        {
            if (at + step < first || at + step > last)
                step = -step;
            at += step;
        }

        return at;
    }
}
