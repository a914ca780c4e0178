using System.Numerics;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// The compressed Morton code that identifies a chunk in a sharded volume: the bits of the grid position interleaved x, y, z from the
/// lowest up, leaving out the bits that are zero everywhere in the grid.
/// </summary>
internal static class CompressedMorton
{
    /// <summary>The number of bits that codes of this grid use; more than 64 cannot be stored.</summary>
    /// <param name="grid">Chunks on each axis, z, y, x.</param>
    public static int Bits(NdIndex grid) => AxisBits(grid[0]) + AxisBits(grid[1]) + AxisBits(grid[2]);

    /// <param name="cell">The grid position, z, y, x.</param>
    public static ulong Encode(NdIndex cell, NdIndex grid)
    {
        var code = 0UL;
        var target = 0;
        var bits = Math.Max(AxisBits(grid[0]), Math.Max(AxisBits(grid[1]), AxisBits(grid[2])));
        for (var bit = 0; bit < bits; bit++)
        {
            for (var axis = 2; axis >= 0; axis--)
            {
                if (1UL << bit < (ulong)grid[axis])
                    code |= (((ulong)cell[axis] >> bit) & 1) << target++;
            }
        }

        return code;
    }

    // The bits of the largest position on an axis of so many chunks.
    private static int AxisBits(long chunks) => chunks <= 1 ? 0 : 64 - BitOperations.LeadingZeroCount((ulong)chunks - 1);
}
