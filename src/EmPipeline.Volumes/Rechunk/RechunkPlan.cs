namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// How a region is read: in work boxes of whole shards, chosen from the source's grain so that each source byte is read about once, within
/// the memory given. Boxes are visited along a Z-order curve, so that the voxels of a coarser shard are complete soon after one another.
/// </summary>
public sealed class RechunkPlan
{
    private readonly LevelGrid _finest;

    private RechunkPlan(LevelGrid finest, Box region, NdIndex grain, NdIndex boxShape, int slots, double readRatio, bool streams)
    {
        (_finest, Region, Grain, BoxShape, Slots, ReadRatio, Streams) = (finest, region, grain, boxShape, slots, readRatio, streams);
        BoxGrid = NdIndex.CeilingDivide(finest.Shape, boxShape);
    }

    /// <summary>The part of the source that is read, in the source's own voxels.</summary>
    public Box Region { get; }

    /// <summary>The source's block, see <see cref="VolumeInfo.Grain"/>.</summary>
    public NdIndex Grain { get; }

    /// <summary>The voxels read before anything of them is written, a multiple of the shard.</summary>
    public NdIndex BoxShape { get; }

    /// <summary>How many boxes there are on each axis.</summary>
    public NdIndex BoxGrid { get; }

    /// <summary>How many boxes may be in memory at once.</summary>
    public int Slots { get; }

    /// <summary>Source voxels decoded per source voxel touched, if nothing is kept between boxes; 1 when no block is cut by a box's edge.</summary>
    public double ReadRatio { get; }

    /// <summary>
    /// Each box is one row of shards along x and is read a row of chunks at a time, by one worker that encodes it at once: for sources that
    /// can be read by rows (plain files, TIFF in strips). Nothing but that row and the encoded shards is in memory.
    /// </summary>
    public bool Streams { get; }

    /// <summary>Chooses the boxes.</summary>
    /// <param name="memory">Bytes for boxes in flight and for the coarser levels' unfinished shards.</param>
    /// <param name="workers">How many shards are worked on at once.</param>
    /// <exception cref="EmException">Not even the smallest box fits.</exception>
    public static RechunkPlan For(IReadOnlyList<LevelGrid> levels, VoxelType type, Box region, NdIndex grain, long memory, int workers)
    {
        var finest = levels[0];
        if (Streaming(levels, type, region, grain, memory, workers) is { } streaming)
            return streaming;
        RechunkPlan? best = null;
        (double Ratio, long Bytes) bestCost = default;
        foreach (var shape in Candidates(finest))
        {
            var bytes = NdIndex.Min(shape, finest.Shape).Volume * type.Size();
            // Unfinished coarser shards under one box: an eighth, a sixty-fourth, ... of it, but at least one shard a level.
            var unfinished = levels.Skip(1).Sum(level => Math.Max(finest.Shard.Volume * type.Size(), bytes / level.Scale.Volume));
            if (bytes > int.MaxValue || bytes + unfinished > memory)
                continue;
            var ratio = Ratio(region, grain, shape);
            // A little more reading is a fair price for a box that fits the caches.
            if (best is not null && (ratio > bestCost.Ratio + 0.005 || (ratio > bestCost.Ratio - 0.005 && bytes >= bestCost.Bytes)))
                continue;
            var slots = (int)Math.Clamp((memory - unfinished) / bytes, 1, SlotsWanted(finest, shape, workers));
            best = new RechunkPlan(finest, region, grain, shape, slots, ratio, streams: false);
            bestCost = (ratio, bytes);
        }

        var smallest = finest.Shard.Volume * type.Size() * levels.Count;
        return best ?? throw new EmException(
            Fault.Configuration, $"memory: got {memory >> 20} MiB, expected {(smallest >> 20) + 1} MiB or more for shards of {finest.Shard} {type.Name()}.");
    }

    /// <summary>The position of every box, in the order in which they are read.</summary>
    public IEnumerable<NdIndex> Boxes() => ZOrder(BoxGrid);

    /// <summary>A box in level-0 voxels of the region.</summary>
    public Box BoxAt(NdIndex position) => new Box(position * BoxShape, BoxShape).Intersect(Box.Whole(_finest.Shape));

    /// <summary>
    /// Cuts a box into parts that different workers read at once: layers along z with borders on the source's grain, so that no block is
    /// read twice, and each a contiguous part of the box's buffer.
    /// </summary>
    /// <param name="elementSize">Bytes of a voxel.</param>
    public IReadOnlyList<Box> Pieces(Box box, int elementSize)
    {
        const long pieceBytes = 4 << 20;
        var plane = box.Shape[1] * box.Shape[2] * elementSize;
        var thickness = Math.Max(1, pieceBytes / plane / Grain[0]) * Grain[0];
        var pieces = new List<Box>();
        var end = box.End;
        for (var z = box.Origin[0]; z < end[0];)
        {
            // The next border in the source's own grid.
            var next = Math.Min(end[0], (((z + Region.Origin[0]) / Grain[0] * Grain[0]) + thickness) - Region.Origin[0]);
            var (from, to) = (box.Origin, end);
            (from[0], to[0]) = (z, next);
            pieces.Add(Box.FromEnds(from, to));
            z = next;
        }

        return pieces;
    }

    /// <summary>Every position of a grid along a Z-order curve that uses just as many bits an axis as the axis needs.</summary>
    internal static IEnumerable<NdIndex> ZOrder(NdIndex grid)
    {
        var bits = new int[grid.Rank];
        for (var axis = 0; axis < grid.Rank; axis++)
            bits[axis] = grid[axis] <= 1 ? 0 : 64 - (int)long.LeadingZeroCount(grid[axis] - 1);

        var total = bits.Sum();
        for (var code = 0L; code < 1L << total; code++)
        {
            var position = NdIndex.Filled(grid.Rank, 0);
            for (int bit = 0, taken = 0; taken < total; bit++)
            {
                for (var axis = grid.Rank - 1; axis >= 0; axis--)
                {
                    if (bit < bits[axis])
                        position[axis] |= ((code >> taken++) & 1) << bit;
                }
            }

            if (NdIndex.Min(position, grid - NdIndex.Filled(grid.Rank, 1)) == position)
                yield return position;
        }
    }

    /// <summary>Boxes of 1, 2, 4, … shards, and the whole axis, on each axis.</summary>
    private static IEnumerable<NdIndex> Candidates(LevelGrid finest)
    {
        foreach (var z in Counts(finest.Grid[0]))
        {
            foreach (var y in Counts(finest.Grid[1]))
            {
                foreach (var x in Counts(finest.Grid[2]))
                    yield return new NdIndex(z, y, x) * finest.Shard;
            }
        }

        static IEnumerable<long> Counts(long all)
        {
            for (var count = 1L; count < all; count *= 2)
                yield return count;
            yield return all;
        }
    }

    /// <summary>A plan that streams, where the source's blocks are no thicker than rows of chunks and lie on their grid, and it fits the memory.</summary>
    private static RechunkPlan? Streaming(IReadOnlyList<LevelGrid> levels, VoxelType type, Box region, NdIndex grain, long memory, int workers)
    {
        var finest = levels[0];
        var row = new NdIndex(finest.Chunk[0], finest.Chunk[1], finest.Shape[2]);
        for (var axis = 0; axis < 2; axis++)
        {
            var aligned = finest.Chunk[axis] % grain[axis] == 0 && region.Origin[axis] % grain[axis] == 0;
            // Rows that are folded into coarser levels start on even voxels.
            if (!aligned || finest.Chunk[axis] % 2 != 0)
                return null;
        }

        var shard = finest.Shard.Volume * type.Size();
        // A writer's buffers hold a few chunks; one row of a shard's is a generous guess.
        var perShard = (512L << 10) + (3 * finest.Chunk.Volume * type.Size());
        var perWorker = (finest.Grid[2] * perShard) + (row.Volume * type.Size());
        // Under a row of shards half as many are unfinished one level up, a quarter of them two levels up; workers may be in two places.
        var unfinished = levels.Skip(1).Sum(level => level.Grid[2] * shard * 2);
        return (perWorker * workers) + unfinished <= memory && row.Volume * type.Size() <= int.MaxValue
            ? new RechunkPlan(finest, region, grain, finest.Shard * new NdIndex(1, 1, finest.Grid[2]), workers, 1, streams: true)
            : null;
    }

    /// <summary>How many voxels of whole blocks all boxes touch, against those that the region touches.</summary>
    private static double Ratio(Box region, NdIndex grain, NdIndex box)
    {
        var ratio = 1.0;
        for (var axis = 0; axis < region.Rank; axis++)
        {
            var (start, end) = (region.Origin[axis], region.End[axis]);
            long touched = 0;
            for (var from = start; from < end; from += box[axis])
                touched += Blocks(from, Math.Min(from + box[axis], end), grain[axis]);
            ratio *= (double)touched / Blocks(start, end, grain[axis]);
        }

        return ratio;
    }

    private static long Blocks(long start, long end, long grain) => ((end + grain - 1) / grain) - (start / grain);

    // Enough that every worker has one and reads ahead one; a box of many shards feeds several workers.
    private static long SlotsWanted(LevelGrid finest, NdIndex box, int workers)
    {
        var shards = NdIndex.Min(NdIndex.CeilingDivide(box, finest.Shard), finest.Grid).Volume;
        return Math.Max(2, ((2 * workers) + shards - 1) / shards);
    }
}
