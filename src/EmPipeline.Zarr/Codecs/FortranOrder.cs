using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Codecs;

/// <summary>Turns arrays whose first axis is contiguous (Fortran order) into C order.</summary>
public static class FortranOrder
{
    // Two squares of this many elements a side fit the first-level cache for every element size.
    private const int Tile = 32;

    /// <summary>Copies <paramref name="source"/>, in Fortran order, to <paramref name="target"/>, in C order. Both have <paramref name="shape"/>.</summary>
    /// <param name="elementSize">1, 2, 4, 8 or 16 bytes.</param>
    public static void ToC(ReadOnlySpan<byte> source, Span<byte> target, NdIndex shape, int elementSize)
    {
        if (shape.Rank < 2)
        {
            source.CopyTo(target);
            return;
        }

        switch (elementSize)
        {
            case 1:
                ToC(source, target, shape);
                break;
            case 2:
                ToC(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, ushort>(target), shape);
                break;
            case 4:
                ToC(MemoryMarshal.Cast<byte, uint>(source), MemoryMarshal.Cast<byte, uint>(target), shape);
                break;
            case 8:
                ToC(MemoryMarshal.Cast<byte, ulong>(source), MemoryMarshal.Cast<byte, ulong>(target), shape);
                break;
            default:
                ToC(MemoryMarshal.Cast<byte, UInt128>(source), MemoryMarshal.Cast<byte, UInt128>(target), shape);
                break;
        }
    }

    private static void ToC<T>(ReadOnlySpan<T> source, Span<T> target, NdIndex shape)
    {
        // The first axis is contiguous in the source and the last in the target: a matrix to transpose for each position on the others.
        var last = shape.Rank - 1;
        var (rows, columns) = ((int)shape[0], (int)shape[last]);
        var (middle, position) = (shape, NdIndex.Filled(shape.Rank, 0));
        (middle[0], middle[last]) = (1, 1);
        var rowStride = (int)(shape.Volume / rows);
        var columnStride = (int)(shape.Volume / columns);
        for (var count = middle.Volume; count > 0; count--)
        {
            var (from, to, fromStride, toStride) = (0L, 0L, 1L, 1L);
            for (var axis = 0; axis <= last; axis++)
            {
                from += position[axis] * fromStride;
                fromStride *= shape[axis];
                to += position[last - axis] * toStride;
                toStride *= shape[last - axis];
            }

            Transpose(source[(int)from..], columnStride, target[(int)to..], rowStride, rows, columns);
            for (var axis = last - 1; axis > 0 && ++position[axis] == shape[axis]; axis--)
                position[axis] = 0;
        }
    }

    private static void Transpose<T>(ReadOnlySpan<T> source, int columnStride, Span<T> target, int rowStride, int rows, int columns)
    {
        for (var row = 0; row < rows; row += Tile)
        {
            var rowEnd = Math.Min(rows, row + Tile);
            for (var column = 0; column < columns; column += Tile)
            {
                var columnEnd = Math.Min(columns, column + Tile);
                for (var r = row; r < rowEnd; r++)
                {
                    var line = target.Slice((r * rowStride) + column, columnEnd - column);
                    for (var (i, from) = (0, (column * columnStride) + r); i < line.Length; i++, from += columnStride)
                        line[i] = source[from];
                }
            }
        }
    }
}
