namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// How a volume is shared among runs that know nothing of each other: in portions of equal shape, numbered in C order. Their edges are
/// powers of two of shards, so that coarser shards lie inside portions as far up the pyramid as portions are large. Immutable.
/// </summary>
/// <param name="levels">All levels, finest first.</param>
/// <param name="shape">A portion's, in shards of the finest level.</param>
public sealed class PortionGrid(IReadOnlyList<LevelGrid> levels, NdIndex shape)
{
    /// <summary>In shards of the finest level.</summary>
    public NdIndex Shape { get; } = shape;

    /// <summary>How many portions there are on each axis.</summary>
    public NdIndex Grid { get; } = NdIndex.CeilingDivide(levels[0].Grid, shape);

    public int Count => checked((int)Grid.Volume);

    public Portion this[int number]
    {
        get
        {
            var position = new NdIndex(number / (Grid[1] * Grid[2]), number / Grid[2] % Grid[1], number % Grid[2]);
            return new Portion(levels, new Box(position * Shape, Shape).Intersect(Box.Whole(levels[0].Grid)));
        }
    }

    /// <summary>Chooses the portions: as large as asked for at most, unless the source's grain is larger or there would be too many.</summary>
    /// <param name="bytes">Of a portion's voxels at the finest level.</param>
    /// <param name="most">Portions there may be.</param>
    public static PortionGrid For(IReadOnlyList<LevelGrid> levels, VolumeInfo info, long bytes, int most)
    {
        var finest = levels[0];
        var shape = NdIndex.Filled(finest.Grid.Rank, 1);
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            // What is decoded together is not cut.
            while (shape[axis] < finest.Grid[axis] && shape[axis] * finest.Shard[axis] < info.Grain[axis])
                Double(axis);
        }

        while (Next() is { } next)
        {
            var before = shape;
            Double(next);
            if (NdIndex.Min(shape * finest.Shard, finest.Shape).Volume * info.Type.Size() > bytes && NdIndex.CeilingDivide(finest.Grid, before).Volume <= most)
            {
                shape = before;
                break;
            }
        }

        return new PortionGrid(levels, shape);

        void Double(int axis) => shape[axis] = Math.Min(finest.Grid[axis], shape[axis] * 2);

        // The axis on which a shard of the next coarser level still reaches beyond; where there is no such level, the shortest.
        int? Next()
        {
            var open = Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] < finest.Grid[axis]).ToList();
            if (open.Count == 0)
                return null;
            var outgrown = levels.FirstOrDefault(level => open.Any(axis => level.Scale[axis] > shape[axis]));
            return outgrown is null ? open.MinBy(axis => shape[axis]) : open.First(axis => outgrown.Scale[axis] > shape[axis]);
        }
    }
}
