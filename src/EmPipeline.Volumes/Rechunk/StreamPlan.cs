namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// Boxes that one worker reads and encodes a unit at a time. A unit is a multiple of the grain and of the chunk on each axis, so nothing is
/// decoded twice, and such that chunks come in C order: rows of chunks, or, where the grain is thicker than a chunk, all rows of a layer.
/// </summary>
internal static class StreamPlan
{
    // Half of a second-level cache: what is read stays there until it is encoded.
    private const long UnitBytes = 1 << 20;

    /// <summary>The boxes with their units, the longest first. None where the grain does not fit into the parts, or the region does not begin on its grid.</summary>
    public static IEnumerable<(NdIndex Box, NdIndex Unit)> Candidates(LevelGrid finest, VolumeInfo info, Box region, PlanCost cost)
    {
        if (Thickness(0) is not { } z || Thickness(1) is not { } y)
            yield break;
        if (z > finest.Chunk[0])
            y = finest.Part[1];
        // Parts side by side are read together, so that rows are long enough; a source of rows is read in whole ones.
        for (var count = Together(); ; count = (count + 1) / 2)
        {
            var box = finest.Part * new NdIndex(1, 1, count);
            var unit = new NdIndex(z, y, box[2]);
            while (unit[1] < info.Advice[1] && finest.Part[1] % (2 * unit[1]) == 0 && cost.Voxels(unit) * 2 <= UnitBytes)
                unit[1] *= 2;
            if (cost.Voxels(unit) <= int.MaxValue)
                yield return (box, unit);
            // Cutting rows costs a plain source little; where more is decoded together it would be decoded again.
            if (count == 1 || info.Grain[0] * info.Grain[1] > 1)
                yield break;
        }

        long? Thickness(int axis)
        {
            var (chunk, grain, part) = (finest.Chunk[axis], info.Grain[axis], finest.Part[axis]);
            var thickness = LeastCommonMultiple(chunk, grain);
            // Rows that are folded into coarser levels start on even voxels.
            var fits = part % thickness == 0 && (thickness % 2 == 0 || thickness == part);
            return fits && region.Origin[axis] % grain == 0 ? thickness : null;
        }

        long Together()
        {
            var (part, grain, all) = (finest.Part[2], info.Grain[2], finest.PartGrid[2]);
            var aligned = region.Origin[2] % grain == 0;
            var step = aligned ? LeastCommonMultiple(part, grain) / part : all;
            return Math.Min(all, Math.Max(1, (info.Advice[2] + (step * part) - 1) / (step * part)) * step);
        }
    }

    private static long LeastCommonMultiple(long a, long b)
    {
        var (x, y) = (a, b);
        while (y != 0)
            (x, y) = (y, x % y);
        return checked(a / x * b);
    }
}
