using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Chunks;

/// <summary>Fills in absent chunks.</summary>
internal static class ChunkFill
{
    /// <summary>Sets the voxels in both boxes.</summary>
    /// <param name="value">One voxel, or, for complex numbers, one for each position on the last axis.</param>
    /// <param name="target">Holds just <paramref name="targetBox"/>.</param>
    public static void Fill(ReadOnlySpan<byte> value, Box chunk, Span<byte> target, Box targetBox, int elementSize)
    {
        if (value.Length == elementSize)
        {
            StridedCopy.Fill(value, chunk, target, targetBox);
            return;
        }

        var last = chunk.Rank - 1;
        var (origin, shape) = (chunk.Origin, chunk.Shape);
        shape[last] = 1;
        for (var part = 0; part < value.Length / elementSize; part++)
        {
            origin[last] = part;
            StridedCopy.Fill(value.Slice(part * elementSize, elementSize), new Box(origin, shape), target, targetBox);
        }
    }
}
