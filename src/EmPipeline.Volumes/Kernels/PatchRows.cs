namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Looks at one row of patches after another. Voxels are averaged two by two first: what neighbouring voxels differ by is mostly noise, what
/// neighbours of such an average differ by is what a lens resolves. A last odd row or column is not looked at. Not safe for concurrent use.
/// </summary>
internal abstract class PatchRows(int patch, ReadOnlyMemory<byte> fill)
{
    protected int Patch { get; } = patch;

    public static PatchRows For(VoxelType type, int patch, ReadOnlyMemory<byte> fill) => type switch
    {
        VoxelType.Boolean or VoxelType.UInt8 or VoxelType.Int8 => new BytePatchRows(type, patch, fill),
        VoxelType.UInt16 => new NumberPatchRows<ushort>(patch, fill),
        VoxelType.Int16 => new NumberPatchRows<short>(patch, fill),
        VoxelType.Int32 => new NumberPatchRows<int>(patch, fill),
        VoxelType.UInt32 => new NumberPatchRows<uint>(patch, fill),
        VoxelType.Int64 => new NumberPatchRows<long>(patch, fill),
        VoxelType.UInt64 => new NumberPatchRows<ulong>(patch, fill),
        VoxelType.Float16 => new NumberPatchRows<Half>(patch, fill),
        VoxelType.Float32 => new NumberPatchRows<float>(patch, fill),
        _ => new NumberPatchRows<double>(patch, fill),
    };

    /// <param name="voxels">From the first patch's first voxel on.</param>
    /// <param name="step">Bytes from one row of voxels to the next.</param>
    /// <param name="rows">How many rows there are, at most <see cref="Patch"/>.</param>
    /// <param name="width">Voxels of a row.</param>
    /// <param name="number">Decides which voxels are drawn.</param>
    /// <param name="means">Receives the patches' means.</param>
    /// <param name="drawn">Receives a voxel of each patch.</param>
    public abstract SectionPart Take(ReadOnlySpan<byte> voxels, int step, int rows, int width, int number, Span<byte> means, Span<byte> drawn);

    /// <summary>Draws a voxel of each patch, always at the same place.</summary>
    protected static void Draw(ReadOnlySpan<byte> voxels, int step, int rows, int width, int patch, int size, int number, Span<byte> drawn)
    {
        var random = (uint)number * 0x9E3779B9u;
        for (int x = 0, i = 0; x < width; x += patch, i++)
        {
            random = (random * 1664525u) + 1013904223u;
            var column = x + (int)(((random >> 16) * (uint)Math.Min(patch, width - x)) >> 16);
            var row = (int)(((random & 0xFFFF) * (uint)rows) >> 16);
            if (size == 1)
                drawn[i] = voxels[(row * step) + column];
            else
                voxels.Slice((row * step) + (column * size), size).CopyTo(drawn[(i * size)..]);
        }
    }

    /// <summary>Counts a patch that may be of one value only.</summary>
    /// <param name="voxels">From its first voxel on.</param>
    /// <param name="length">Bytes of a row of it.</param>
    protected void CountBlank(ReadOnlySpan<byte> voxels, int step, int rows, int length, int size, ref SectionPart sums)
    {
        var value = voxels[..size];
        for (var row = 0; row < rows; row++)
        {
            if (!FillTest.IsAll(voxels.Slice(row * step, length), value))
                return;
        }

        sums.Blank += rows * length / size;
        if (value.SequenceEqual(fill.Span))
            sums.Filled += rows * length / size;
    }
}
