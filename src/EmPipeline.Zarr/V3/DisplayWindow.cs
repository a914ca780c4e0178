using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Zarr.V3;

/// <summary>The grey values that a viewer spreads over its range, so that a volume that uses little of its type does not open black.</summary>
/// <param name="Min">The least value of the type; of floats the least found.</param>
/// <param name="Max">The largest value of the type; of floats the largest found.</param>
/// <param name="Start">Shown black: the first percentile.</param>
/// <param name="End">Shown white: the 99th percentile.</param>
internal sealed record DisplayWindow(double Min, double Max, double Start, double End)
{
    private const int Chunks = 32;

    /// <summary>Measures inner chunks spread evenly over a level, without those of one value only. Null where there is no finite number.</summary>
    public static async ValueTask<DisplayWindow?> MeasureAsync(IVolumeReader level, NdIndex chunk, CancellationToken cancellation)
    {
        var (shape, type) = (level.Info.Shape, level.Info.Type);
        var statistics = VoxelStatistics.For(type, new byte[type.Size()]);
        statistics.Reset(Chunks * chunk.Volume);
        var grid = NdIndex.CeilingDivide(shape, chunk);
        var places = Math.Min(Chunks, grid.Volume);
        var anything = false;
        for (var place = 0L; place < places; place++)
        {
            var number = ((2 * place) + 1) * grid.Volume / (2 * places);
            var position = new NdIndex(number / (grid[1] * grid[2]), number / grid[2] % grid[1], number % grid[2]);
            var box = new Box(position * chunk, chunk).Intersect(Box.Whole(shape));
            var voxels = new byte[box.Volume * type.Size()];
            await level.ReadAsync(box, voxels, cancellation);
            if (FillTest.IsAll(voxels, voxels.AsSpan(0, type.Size())) && (anything || place + 1 < places))
                continue;
            anything = true;
            statistics.Add(voxels);
        }

        var found = statistics.Summarise();
        if (found.Count == 0)
            return null;
        var (min, max) = RangeOf(type) ?? (found.Min, found.Max);
        // A window has a width, even where all voxels are equal.
        return found.P1 < found.P99 ? new DisplayWindow(min, max, found.P1, found.P99) : new DisplayWindow(min, Math.Max(max, found.P1 + 1), found.P1, found.P1 + 1);
    }

    private static (double Min, double Max)? RangeOf(VoxelType type) => type switch
    {
        VoxelType.Boolean => (0, 1),
        VoxelType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        VoxelType.UInt8 => (byte.MinValue, byte.MaxValue),
        VoxelType.Int16 => (short.MinValue, short.MaxValue),
        VoxelType.UInt16 => (ushort.MinValue, ushort.MaxValue),
        VoxelType.Int32 => (int.MinValue, int.MaxValue),
        VoxelType.UInt32 => (uint.MinValue, uint.MaxValue),
        VoxelType.Int64 => (long.MinValue, long.MaxValue),
        VoxelType.UInt64 => (ulong.MinValue, ulong.MaxValue),
        _ => null,
    };
}
