namespace EmPipeline.Volumes.Rechunk;

/// <summary>One pyramid level and how it is cut into shards, the shards into blocks, the blocks into inner chunks. All z, y, x.</summary>
/// <param name="Shape">Voxels of this level.</param>
/// <param name="Factor">How many voxels of the level above (finer) make one of this one: 1 or 2 on each axis; 1 everywhere for level 0.</param>
/// <param name="Scale">How many level-0 voxels make one of this level, on each axis.</param>
/// <param name="Shard">The unit of writing, a whole multiple of the block.</param>
/// <param name="Part">What is made in one go, a whole multiple of the block that divides the shard: the shard itself unless that is large.</param>
/// <param name="Block">The unit of statistics and sampling, a whole multiple of the inner chunk.</param>
/// <param name="Chunk">The unit of reading.</param>
public sealed record LevelGrid(int Level, NdIndex Shape, NdIndex Factor, NdIndex Scale, NdIndex Shard, NdIndex Part, NdIndex Block, NdIndex Chunk)
{
    // Decides the order of chunks in large shards' files, so it does not depend on the memory that there is.
    private const long PartBytes = 16 << 20;

    /// <summary>How many shards there are on each axis.</summary>
    public NdIndex Grid { get; } = NdIndex.CeilingDivide(Shape, Shard);

    /// <summary>How many parts there are on each axis.</summary>
    public NdIndex PartGrid { get; } = NdIndex.CeilingDivide(Shape, Part);

    /// <summary>The voxels of the shard at <paramref name="position"/> that lie in the volume.</summary>
    public Box Valid(NdIndex position) => new Box(position * Shard, Shard).Intersect(Box.Whole(Shape));

    /// <summary>The voxels of the part at <paramref name="part"/>, in the grid of parts, that lie in the volume.</summary>
    public Box ValidPart(NdIndex part) => new Box(part * Part, Part).Intersect(Box.Whole(Shape));

    /// <summary>The position of the shard that a part belongs to.</summary>
    public NdIndex ShardOf(NdIndex part) => NdIndex.FloorDivide(part * Part, Shard);

    /// <summary>The parts of a shard that have voxels in the volume, in the order of their chunks in its file: along a Z-order curve.</summary>
    public IEnumerable<NdIndex> PartsOf(NdIndex shard)
    {
        var perShard = NdIndex.FloorDivide(Shard, Part);
        var first = shard * perShard;
        var last = PartGrid - NdIndex.Filled(3, 1);
        return ZOrder.Positions(perShard).Select(position => first + position).Where(part => NdIndex.Min(part, last) == part);
    }

    /// <summary>
    /// The pyramid of a volume: at each level an axis is halved, rounded up, unless its voxel is at least twice as long as the shortest one
    /// or there is only one left. So voxels of 50×8×8 nm become 50×16×16, 50×32×32, then 100×64×64.
    /// </summary>
    /// <param name="levels">How many levels; null: until one shard holds the level.</param>
    /// <param name="voxel">Where it is not known on all axes, all are halved.</param>
    public static IReadOnlyList<LevelGrid> Pyramid(
        NdIndex shape, VoxelType type, NdIndex shard, NdIndex block, NdIndex chunk, int? levels = null, VoxelSize voxel = default) =>
        Pyramid(shape, shard, PartFor(shard, block, type.Size(), PartBytes), block, chunk, levels, voxel);

    internal static IReadOnlyList<LevelGrid> Pyramid(NdIndex shape, NdIndex shard, NdIndex part, NdIndex block, NdIndex chunk, int? levels, VoxelSize voxel)
    {
        var one = NdIndex.Filled(shape.Rank, 1);
        var result = new List<LevelGrid> { new(0, shape, one, one, shard, part, block, chunk) };
        while (levels is null ? result[^1].Grid != one : result.Count < levels)
        {
            var above = result[^1];
            var factor = FactorBelow(above, voxel);
            result.Add(new(above.Level + 1, NdIndex.CeilingDivide(above.Shape, factor), factor, above.Scale * factor, shard, part, block, chunk));
        }

        return result;
    }

    private static NdIndex FactorBelow(LevelGrid level, VoxelSize voxel)
    {
        var factor = NdIndex.Min(level.Shape, NdIndex.Filled(level.Shape.Rank, 2));
        if (voxel is not { Z: > 0 and { } z, Y: > 0 and { } y, X: > 0 and { } x })
            return factor;
        double[] edges = [z * level.Scale[0], y * level.Scale[1], x * level.Scale[2]];
        // An axis that has one voxel left holds nobody back, or there would be no end.
        var shortest = Enumerable.Range(0, edges.Length).Where(axis => factor[axis] > 1).Select(axis => edges[axis]).DefaultIfEmpty(0).Min();
        const double rounding = 1 - 1e-9;
        for (var axis = 0; axis < edges.Length; axis++)
        {
            if (edges[axis] >= 2 * shortest * rounding)
                factor[axis] = 1;
        }

        return factor;
    }

    /// <summary>The shard, or of a large one as many of its blocks as are still handy: first along x, where the source's rows lie.</summary>
    internal static NdIndex PartFor(NdIndex shard, NdIndex block, int elementSize, long partBytes)
    {
        if (shard.Volume * elementSize <= partBytes)
            return shard;
        var part = block;
        for (var axis = shard.Rank - 1; axis >= 0; axis--)
        {
            var blocks = shard[axis] / block[axis];
            for (var count = blocks; count > 1; count--)
            {
                if (blocks % count == 0 && part.Volume * count * elementSize <= partBytes)
                {
                    part[axis] *= count;
                    break;
                }
            }
        }

        return part;
    }
}
