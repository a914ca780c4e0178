namespace EmPipeline.Volumes.Rechunk;

/// <summary>One pyramid level and how it is cut into shards, the shards into blocks, the blocks into inner chunks. All z, y, x.</summary>
/// <param name="Shape">Voxels of this level.</param>
/// <param name="Factor">How many voxels of the level above (finer) make one of this one: 1 or 2 on each axis; 1 everywhere for level 0.</param>
/// <param name="Scale">How many level-0 voxels make one of this level, on each axis.</param>
/// <param name="Shard">The unit of writing, a whole multiple of the block.</param>
/// <param name="Block">The unit of statistics and sampling, a whole multiple of the inner chunk.</param>
/// <param name="Chunk">The unit of reading.</param>
public sealed record LevelGrid(int Level, NdIndex Shape, NdIndex Factor, NdIndex Scale, NdIndex Shard, NdIndex Block, NdIndex Chunk)
{
    /// <summary>How many shards there are on each axis.</summary>
    public NdIndex Grid { get; } = NdIndex.CeilingDivide(Shape, Shard);

    /// <summary>The voxels of the shard at <paramref name="position"/> that lie in the volume.</summary>
    public Box Valid(NdIndex position) => new Box(position * Shard, Shard).Intersect(Box.Whole(Shape));

    /// <summary>
    /// The pyramid of a volume: every axis longer than one voxel is halved, rounded up, whatever the voxel's aspect.
    /// </summary>
    /// <param name="levels">How many levels; null: until one shard holds the level.</param>
    public static IReadOnlyList<LevelGrid> Pyramid(NdIndex shape, NdIndex shard, NdIndex block, NdIndex chunk, int? levels)
    {
        var one = NdIndex.Filled(shape.Rank, 1);
        var result = new List<LevelGrid> { new(0, shape, one, one, shard, block, chunk) };
        while (levels is null ? result[^1].Grid != one : result.Count < levels)
        {
            var above = result[^1];
            var factor = NdIndex.Min(above.Shape, NdIndex.Filled(shape.Rank, 2));
            result.Add(new(above.Level + 1, NdIndex.CeilingDivide(above.Shape, factor), factor, above.Scale * factor, shard, block, chunk));
        }

        return result;
    }
}
