using EmPipeline.Volumes;

namespace EmPipeline.Torch.Inference;

/// <summary>
/// How much of a volume is swept at once: one layer of shards, as wide as the memory allows. The wider, the fewer tiles are predicted in two
/// columns: with tiles of 96 in columns of 1024, a fifth more than in one.
/// </summary>
internal static class SweepColumn
{
    /// <exception cref="EmException">Not even one shard fits.</exception>
    public static NdIndex Choose(NdIndex shape, PredictOptions options, IReadOnlyList<OutputKind> outputs)
    {
        var shard = options.Shard;
        var column = NdIndex.CeilingDivide(shape, shard) * shard;
        column[0] = shard[0];
        while (Bytes(column, shape, options, outputs) > options.MemoryBytes || Largest(column, shape, options, outputs) > int.MaxValue)
        {
            var axis = column[1] >= column[2] ? 1 : 2;
            if (column[axis] == shard[axis])
                axis = 3 - axis;
            if (column[axis] == shard[axis])
            {
                throw new EmException(
                    Fault.Configuration,
                    $"memory: got {options.MemoryBytes >> 20} MiB, expected {(Bytes(column, shape, options, outputs) >> 20) + 1} MiB or more for shards of {shard} and tiles of {options.Tile}. Raise it, or take smaller ones.");
            }

            column[axis] = (column[axis] / shard[axis] + 1) / 2 * shard[axis];
        }

        return column;
    }

    /// <summary>The sums of a tile's depth; each output's layer with the coarser ones above it, and its writers.</summary>
    private static long Bytes(NdIndex column, NdIndex shape, PredictOptions options, IReadOnlyList<OutputKind> outputs)
    {
        var plane = Plane(column, shape);
        var sums = plane * options.Core[0] * options.Channels.Count * sizeof(float);
        var layers = outputs.Sum(output => 3 * plane * Math.Min(shape[0], column[0]) * output.Type.Size() / 2);
        return sums + layers;
    }

    private static long Largest(NdIndex column, NdIndex shape, PredictOptions options, IReadOnlyList<OutputKind> outputs)
    {
        var plane = Plane(column, shape);
        return Math.Max(plane * options.Channels.Count * sizeof(float), outputs.Max(output => plane * column[0] * output.Type.Size()));
    }

    private static long Plane(NdIndex column, NdIndex shape) => Math.Min(column[1], shape[1]) * Math.Min(column[2], shape[2]);
}
