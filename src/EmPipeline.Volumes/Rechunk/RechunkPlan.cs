namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// How a region is read: in work boxes of whole parts of shards, chosen from the source's grain so that each source byte is read about once,
/// within the memory given. Boxes are visited along a Z-order curve, so that the voxels of a coarser part are complete soon after one another;
/// those of a source that computes its voxels along z, column after column.
/// </summary>
public sealed class RechunkPlan
{
    // Larger boxes than this only help where smaller ones would read much of the source again.
    private const long EnoughMemory = 384L << 20;
    private const double MuchAgain = 1.5;
    private readonly LevelGrid _finest;

    private RechunkPlan(LevelGrid finest, Box region, NdIndex grain, NdIndex boxShape, int slots, double readRatio, NdIndex? unit, bool isSwept = false)
    {
        IsSwept = isSwept;
        (_finest, Region, Grain, BoxShape, Slots, ReadRatio, Unit) = (finest, region, grain, boxShape, slots, readRatio, unit ?? boxShape);
        (BoxGrid, Streams) = (NdIndex.CeilingDivide(finest.Shape, boxShape), unit is not null);
    }

    /// <summary>The part of the source that is read, in the source's own voxels.</summary>
    public Box Region { get; }

    /// <summary>The source's block, see <see cref="VolumeInfo.Grain"/>.</summary>
    public NdIndex Grain { get; }

    /// <summary>What one worker takes, or what is read before anything of it is written: a multiple of <see cref="LevelGrid.Part"/>.</summary>
    public NdIndex BoxShape { get; }

    /// <summary>How many boxes there are on each axis.</summary>
    public NdIndex BoxGrid { get; }

    /// <summary>How many boxes may be in memory at once.</summary>
    public int Slots { get; }

    /// <summary>Source voxels decoded per source voxel touched, if nothing is kept between boxes; 1 when no block is cut by a box's edge.</summary>
    public double ReadRatio { get; }

    /// <summary>
    /// Each box is taken by one worker, which reads a <see cref="Unit"/> of it at a time and encodes it at once, while it is in the cache: for
    /// sources whose grain fits into the parts. Nothing but that unit and the encoded chunks is in memory.
    /// </summary>
    public bool Streams { get; }

    /// <summary>What is read at once where the plan streams, whole rows of chunks.</summary>
    public NdIndex Unit { get; }

    /// <summary>One box at a time, from the first to the last along z, then the next column: see <see cref="VolumeInfo.IsComputed"/>.</summary>
    public bool IsSwept { get; }

    /// <summary>Chooses the boxes.</summary>
    /// <param name="info">The source: its type, its <see cref="VolumeInfo.Grain"/> and <see cref="VolumeInfo.Advice"/>.</param>
    /// <param name="memory">Bytes for voxels being read or written, and for the coarser levels' unfinished parts.</param>
    /// <param name="workers">How many parts are worked on at once.</param>
    /// <exception cref="EmException">Not even the smallest box fits.</exception>
    public static RechunkPlan For(IReadOnlyList<LevelGrid> levels, VolumeInfo info, Box region, long memory, int workers)
    {
        var size = info.Type.Size();
        var cost = new PlanCost(levels, size, workers);
        var least = cost.Of(info.IsComputed ? info.Grain : levels[0].Part, buffered: true);
        if (info.IsComputed && least <= memory)
            return new RechunkPlan(levels[0], region, info.Grain, NdIndex.CeilingDivide(info.Grain, levels[0].Part) * levels[0].Part, 1, 1, null, isSwept: true);
        if (info.IsComputed)
            throw TooLittle();
        foreach (var (box, unit) in StreamPlan.Candidates(levels[0], info, region, cost))
        {
            var bytes = cost.Of(box, buffered: false, unit);
            if (bytes <= memory)
                return new RechunkPlan(levels[0], region, info.Grain, box, workers, 1, unit);
            least = Math.Min(least, bytes);
        }

        var plan = Boxes(levels[0], info.Grain, region, Math.Min(memory, EnoughMemory), cost);
        if (plan is null || plan.ReadRatio > MuchAgain)
            plan = Boxes(levels[0], info.Grain, region, memory, cost) ?? plan;
        if (plan is not null)
            return plan;
        throw TooLittle();

        EmException TooLittle() => new(
            Fault.Configuration,
            $"memory: got {memory >> 20} MiB, expected {(least >> 20) + 1} MiB or more for {workers} threads and shards of {levels[0].Shard} {info.Type.Name()} in blocks of {levels[0].Block}. Raise it, or take smaller blocks or fewer threads.");
    }

    /// <summary>The position of every box that touches some voxels, in the order in which they are read.</summary>
    /// <param name="voxels">In level-0 voxels of the region; null, and where the plan is swept: all.</param>
    public IEnumerable<NdIndex> Boxes(Box? voxels = null)
    {
        var part = voxels ?? Box.Whole(_finest.Shape);
        var first = NdIndex.FloorDivide(part.Origin, BoxShape);
        return IsSwept ? Columns() : ZOrder.Positions(NdIndex.CeilingDivide(part.End, BoxShape) - first).Select(position => first + position);
    }

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

    private IEnumerable<NdIndex> Columns() => Box.Whole(new NdIndex(BoxGrid[1], BoxGrid[2], BoxGrid[0])).CellsTouched(NdIndex.Filled(3, 1)).Select(at => new NdIndex(at[2], at[0], at[1]));

    /// <summary>The boxes that read least within the memory, the smaller of equals; null when none fits.</summary>
    private static RechunkPlan? Boxes(LevelGrid finest, NdIndex grain, Box region, long memory, PlanCost cost)
    {
        (NdIndex Shape, double Ratio, long Bytes)? best = null;
        foreach (var shape in Candidates(finest))
        {
            var bytes = cost.Voxels(shape);
            if (bytes > int.MaxValue || cost.Of(shape, buffered: true) > memory)
                continue;
            var ratio = Ratio(region, grain, shape);
            // A little more reading is a fair price for a box that fits the caches.
            if (best is { } so && (ratio > so.Ratio + 0.005 || (ratio > so.Ratio - 0.005 && bytes >= so.Bytes)))
                continue;
            best = (shape, ratio, bytes);
        }

        if (best is not { } box)
            return null;
        var slots = Math.Clamp((memory - cost.Of(box.Shape, buffered: true)) / box.Bytes, 0, SlotsWanted(finest, box.Shape, cost.Workers) - 1);
        return new RechunkPlan(finest, region, grain, box.Shape, 1 + (int)slots, box.Ratio, null);
    }

    /// <summary>Boxes of 1, 2, 4, … parts, and the whole axis, on each axis.</summary>
    private static IEnumerable<NdIndex> Candidates(LevelGrid finest)
    {
        foreach (var z in Counts(finest.PartGrid[0]))
        {
            foreach (var y in Counts(finest.PartGrid[1]))
            {
                foreach (var x in Counts(finest.PartGrid[2]))
                    yield return new NdIndex(z, y, x) * finest.Part;
            }
        }

        static IEnumerable<long> Counts(long all)
        {
            for (var count = 1L; count < all; count *= 2)
                yield return count;
            yield return all;
        }
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

    // Enough that every worker has one and reads ahead one; a box of many parts feeds several workers.
    private static long SlotsWanted(LevelGrid finest, NdIndex box, int workers)
    {
        var parts = NdIndex.Min(NdIndex.CeilingDivide(box, finest.Part), finest.PartGrid).Volume;
        return Math.Max(2, ((2 * workers) + parts - 1) / parts);
    }
}
