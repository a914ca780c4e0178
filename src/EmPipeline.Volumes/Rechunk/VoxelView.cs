namespace EmPipeline.Volumes.Rechunk;

/// <summary>A z, y, x box inside a larger C-order buffer.</summary>
/// <param name="Buffer">The buffer of the larger box, from its first voxel on.</param>
/// <param name="Whole">The larger box.</param>
/// <param name="Part">The voxels meant, inside <paramref name="Whole"/>.</param>
internal readonly record struct VoxelView(ReadOnlyMemory<byte> Buffer, Box Whole, Box Part, int ElementSize)
{
    /// <summary>Bytes from one row (y) to the next.</summary>
    public long Row => Whole.Shape[2] * ElementSize;

    /// <summary>Bytes from one plane (z) to the next.</summary>
    public long Plane => Whole.Shape[1] * Row;

    /// <summary>The buffer from the voxel at <paramref name="offset"/> from the part's first one on.</summary>
    public ReadOnlySpan<byte> From(NdIndex offset)
    {
        var at = Part.Origin + offset - Whole.Origin;
        return Buffer.Span[(int)((at[0] * Plane) + (at[1] * Row) + (at[2] * ElementSize))..];
    }
}
