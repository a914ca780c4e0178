namespace EmPipeline.Volumes;

/// <summary>The Z-order curve: what is near on it is near in space, so that what is made of neighbours is complete soon after it was begun.</summary>
public static class ZOrder
{
    /// <summary>Every position of a grid along a curve that uses just as many bits an axis as the axis needs.</summary>
    public static IEnumerable<NdIndex> Positions(NdIndex grid)
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
}
