using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>
/// How the inner chunks of a label lie over the blocks of a volume of its image: a label voxel is in the block that holds its centre. Axes are
/// apart from each other, so a chunk's parts are boxes. Immutable.
/// </summary>
internal sealed class ChunkParts
{
    private readonly (long Begin, long End, long Cell)[][][] _axes = new (long, long, long)[3][][];
    private readonly VoxelGrid _label;
    private readonly VoxelGrid _image;
    private readonly NdIndex _chunk;

    public ChunkParts(VoxelGrid label, NdIndex chunk, VoxelGrid image, NdIndex block)
    {
        (_label, _image, _chunk) = (label, image, chunk);
        for (var axis = 0; axis < 3; axis++)
        {
            var length = label.Shape[axis];
            _axes[axis] = new (long, long, long)[((length - 1) / chunk[axis]) + 1][];
            for (var number = 0L; number < _axes[axis].Length; number++)
                _axes[axis][number] = Split(axis, number * chunk[axis], Math.Min(length, (number + 1) * chunk[axis]), block[axis]);
        }
    }

    /// <summary>The image voxel that holds a label voxel's centre.</summary>
    public NdIndex ImageVoxel(NdIndex voxel) => new(ImageVoxel(0, voxel[0]), ImageVoxel(1, voxel[1]), ImageVoxel(2, voxel[2]));

    /// <summary>The whole chunk.</summary>
    public Box Box(NdIndex origin) => new Box(origin, _chunk).Intersect(Volumes.Box.Whole(_label.Shape));

    /// <summary>How many label voxels of the chunk lie in chosen blocks.</summary>
    public long Chosen(NdIndex origin, ChosenBlocks chosen)
    {
        var number = NdIndex.FloorDivide(origin, _chunk);
        var voxels = 0L;
        foreach (var z in _axes[0][number[0]])
        {
            foreach (var y in _axes[1][number[1]])
            {
                foreach (var x in _axes[2][number[2]])
                {
                    if (chosen.IsChosen(new NdIndex(z.Cell, y.Cell, x.Cell)))
                        voxels += (z.End - z.Begin) * (y.End - y.Begin) * (x.End - x.Begin);
                }
            }
        }

        return voxels;
    }

    /// <summary>The parts of the chunk that lie in chosen blocks, in label voxels.</summary>
    public List<(Box Box, NdIndex Cell)> Parts(NdIndex origin, ChosenBlocks chosen)
    {
        var number = NdIndex.FloorDivide(origin, _chunk);
        return
        [
            .. from z in _axes[0][number[0]]
               from y in _axes[1][number[1]]
               from x in _axes[2][number[2]]
               let cell = new NdIndex(z.Cell, y.Cell, x.Cell)
               where chosen.IsChosen(cell)
               select (new Box(new NdIndex(z.Begin, y.Begin, x.Begin), new NdIndex(z.End - z.Begin, y.End - y.Begin, x.End - x.Begin)), cell),
        ];
    }

    private (long Begin, long End, long Cell)[] Split(int axis, long begin, long end, long block)
    {
        var parts = new List<(long Begin, long End, long Cell)>();
        for (var i = begin; i < end; i++)
        {
            var voxel = ImageVoxel(axis, i);
            if (voxel < 0 || voxel >= _image[axis].Length)
                continue;
            var cell = voxel / block;
            if (parts.Count > 0 && parts[^1].Cell == cell && parts[^1].End == i)
                parts[^1] = (parts[^1].Begin, i + 1, cell);
            else
                parts.Add((i, i + 1, cell));
        }

        return [.. parts];
    }

    private long ImageVoxel(int axis, long voxel) => _image[axis].IndexOf(_label[axis].PositionOf(voxel));
}
