namespace EmPipeline.Volumes.Tests;

/// <summary>Copying between boxes agrees with copying voxel by voxel, whatever the boxes.</summary>
public sealed class StridedCopyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_boxes_agree_with_one_voxel_at_a_time(int rank)
    {
        var random = new Random(20250722 + rank);
        for (var round = 0; round < 400; round++)
        {
            var size = 1 << random.Next(4);
            var (from, to) = (RandomBox(random, rank), RandomBox(random, rank));
            // Often the whole of some axes, so that rows and planes without gaps are met.
            for (var axis = 0; axis < rank; axis++)
            {
                if (random.Next(2) == 0)
                    to = new Box(With(to.Origin, axis, from.Origin[axis]), With(to.Shape, axis, from.Shape[axis]));
            }

            var source = new byte[from.Volume * size];
            random.NextBytes(source);
            var target = new byte[to.Volume * size];
            var expected = target.ToArray();
            foreach (var voxel in from.Intersect(to).CellsTouched(NdIndex.Filled(rank, 1)))
                source.AsSpan(Offset(from, voxel) * size, size).CopyTo(expected.AsSpan(Offset(to, voxel) * size));
            StridedCopy.Copy(source, from, target, to, size);
            target.Should().Equal(expected, "{0} into {1}, {2} bytes a voxel", from, to, size);
        }
    }

    private static Box RandomBox(Random random, int rank)
    {
        var (origin, shape) = (NdIndex.Filled(rank, 0), NdIndex.Filled(rank, 0));
        for (var axis = 0; axis < rank; axis++)
            (origin[axis], shape[axis]) = (random.Next(6), 1 + random.Next(9));
        return new Box(origin, shape);
    }

    private static NdIndex With(NdIndex index, int axis, long value)
    {
        index[axis] = value;
        return index;
    }

    private static int Offset(Box box, NdIndex voxel)
    {
        var offset = 0L;
        for (var axis = 0; axis < box.Rank; axis++)
            offset = (offset * box.Shape[axis]) + voxel[axis] - box.Origin[axis];
        return (int)offset;
    }
}
