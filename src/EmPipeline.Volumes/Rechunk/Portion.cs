namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// The shards that one run makes where several share a volume: a box of the finest level's, and of the coarser levels those all of whose
/// voxels come from that box. Coarser shards that reach beyond belong to no portion. Immutable.
/// </summary>
public sealed class Portion
{
    private readonly Box[] _shards;

    /// <param name="levels">All levels, finest first.</param>
    /// <param name="shards">In the finest level's grid of shards.</param>
    public Portion(IReadOnlyList<LevelGrid> levels, Box shards)
    {
        _shards = [.. levels.Select(level => Inside(level, shards, levels[0].Grid))];
        Voxels = new Box(shards.Origin * levels[0].Shard, shards.Shape * levels[0].Shard).Intersect(Box.Whole(levels[0].Shape));
    }

    /// <summary>Its voxels of the finest level.</summary>
    public Box Voxels { get; }

    /// <summary>How many shards it has, of all levels.</summary>
    public long Count => _shards.Sum(shards => shards.Volume);

    /// <summary>All shards of a volume.</summary>
    public static Portion Whole(IReadOnlyList<LevelGrid> levels) => new(levels, Box.Whole(levels[0].Grid));

    /// <summary>Its shards of a level, in the level's grid of shards; may be empty.</summary>
    public Box Shards(int level) => _shards[level];

    public bool Contains(int level, NdIndex position) => _shards[level].Contains(new Box(position, NdIndex.Filled(position.Rank, 1)));

    private static Box Inside(LevelGrid level, Box shards, NdIndex finestGrid)
    {
        var first = NdIndex.CeilingDivide(shards.Origin, level.Scale);
        var end = NdIndex.FloorDivide(shards.End, level.Scale);
        for (var axis = 0; axis < end.Rank; axis++)
        {
            // The last shard of an axis covers less than others do.
            if (shards.End[axis] == finestGrid[axis])
                end[axis] = level.Grid[axis];
        }

        return Box.FromEnds(first, NdIndex.Max(first, end));
    }
}
