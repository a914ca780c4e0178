using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// Looks at one row of patches after another. Voxels are averaged two by two first: what neighbouring voxels differ by is mostly noise, what
/// neighbours of such an average differ by is what a lens resolves. Of every sixteen rows of a patch the first four are looked at: the others are
/// much like them, and reading all of them took a sixth of a rechunk's time. A last odd row or column is not looked at. Not safe for concurrent use.
/// </summary>
internal abstract class PatchRows(int patch, ReadOnlyMemory<byte> fill)
{
    private const int Looked = 4, Every = 16;

    // Where in its patch the voxel lies that is drawn from it, row and column, by its number: those of a part are few, and always the same.
    private (byte Row, byte Column)[] _places = [];

    protected int Patch { get; } = patch;

    /// <summary>The rows of two by two that are looked at, of a patch of so many rows; a multiple of two, and more than none.</summary>
    protected static int RowsOf(int rows) => (rows / Every * Looked) + Math.Min(rows % Every, Looked);

    /// <summary>The next but one row that is looked at; the row after <paramref name="row"/>, which is even, is one too.</summary>
    protected static int After(int row) => row % Every == Looked - 2 ? row + Every - Looked + 2 : row + 2;

    /// <summary>Whether the two rows before are looked at.</summary>
    protected static bool HasBefore(int row) => row % Every != 0;

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

    /// <summary>Draws a voxel of each patch, always at the same place, of the rows that are looked at, which are in the cache.</summary>
    protected void Draw(ReadOnlySpan<byte> voxels, int step, int rows, int width, int size, int number, Span<byte> drawn)
    {
        var patches = (width + Patch - 1) / Patch;
        if (_places.Length < number + patches)
            _places = PlacesUpTo(Math.Max(number + patches, 2 * _places.Length));
        var places = _places.AsSpan(number, patches);
        for (var i = 0; i < places.Length; i++)
        {
            // At the volume's edge a patch is smaller.
            var row = rows == Patch ? places[i].Row : Row(places[i].Row * RowsOf(rows) / Patch);
            var left = width - (i * Patch);
            var column = (i * Patch) + (left >= Patch ? places[i].Column : places[i].Column * left / Patch);
            if (size == 1)
                drawn[i] = voxels[(row * step) + column];
            else if (size == 2)
                MemoryMarshal.Write(drawn[(2 * i)..], MemoryMarshal.Read<ushort>(voxels[((row * step) + (2 * column))..]));
            else
                voxels.Slice((row * step) + (column * size), size).CopyTo(drawn[(i * size)..]);
        }
    }

    /// <summary>The row of so many that are looked at.</summary>
    private static byte Row(int number) => (byte)((number / Looked * Every) + (number % Looked));

    private (byte Row, byte Column)[] PlacesUpTo(int count)
    {
        var places = new (byte, byte)[count];
        for (var i = 0; i < count; i++)
        {
            var random = new SplitMix64((ulong)i).Next();
            places[i] = (Row((int)(((random >> 32) * (ulong)RowsOf(Patch)) >> 32)), (byte)(((random & 0xFFFFFFFF) * (ulong)Patch) >> 32));
        }

        return places;
    }

    /// <summary>Counts a patch that may be of one value only: all of its rows are compared, those that are looked at counted.</summary>
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

        var looked = RowsOf(rows) * length / size;
        sums.Blank += looked;
        if (value.SequenceEqual(fill.Span))
            sums.Filled += looked;
    }
}
