using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Brings labels from their own grid to that of an image box: each voxel gets the label that lies at its centre.</summary>
public static class LabelGather
{
    /// <summary>
    /// Writes the label of every voxel of the box that <paramref name="match"/> was filled for, C order z, y, x; -1 where no label is stored.
    /// Whole numbers of any type; those of uint64 from 2^63 on keep their bits.
    /// </summary>
    /// <typeparam name="TLabel">sbyte, short, int or long: one that holds all values of <paramref name="type"/> (long: also those of uint64).</typeparam>
    /// <param name="type">The type of the stored labels: not a float.</param>
    /// <param name="hull">The stored labels of <see cref="GridMatch.Hull"/>, C order, little-endian.</param>
    /// <param name="target">One label for each voxel of the box.</param>
    public static void Gather<TLabel>(GridMatch match, VoxelType type, ReadOnlySpan<byte> hull, Span<TLabel> target)
        where TLabel : unmanaged, IBinaryInteger<TLabel>, ISignedNumber<TLabel>
    {
        switch (type)
        {
            case VoxelType.Boolean or VoxelType.UInt8: Planes(match, hull, target); break;
            case VoxelType.Int8: Planes(match, MemoryMarshal.Cast<byte, sbyte>(hull), target); break;
            case VoxelType.UInt16: Planes(match, MemoryMarshal.Cast<byte, ushort>(hull), target); break;
            case VoxelType.Int16: Planes(match, MemoryMarshal.Cast<byte, short>(hull), target); break;
            case VoxelType.UInt32: Planes(match, MemoryMarshal.Cast<byte, uint>(hull), target); break;
            case VoxelType.Int32: Planes(match, MemoryMarshal.Cast<byte, int>(hull), target); break;
            case VoxelType.UInt64: Planes(match, MemoryMarshal.Cast<byte, ulong>(hull), target); break;
            case VoxelType.Int64: Planes(match, MemoryMarshal.Cast<byte, long>(hull), target); break;
            default: throw new ArgumentException($"type: got {type.Name()}, expected whole numbers.", nameof(type));
        }
    }

    /// <summary>Sets the voxels of the box that have a label to 1, the others to 0.</summary>
    /// <param name="target">One byte for each voxel of the box, C order.</param>
    public static void Known(GridMatch match, Span<byte> target)
    {
        if (match.IsWhole)
        {
            LabelWidening.Fill(target, 1);
            return;
        }

        target.Clear();
        if (match.Hull.IsEmpty)
            return;
        var (rows, width) = (match[1].Table.Length, match[2].Table.Length);
        var ((z, planes), (y, count), (x, length)) = (match[0].Known, match[1].Known, match[2].Known);
        for (var plane = z; plane < z + planes; plane++)
        {
            for (var row = y; row < y + count; row++)
                target.Slice((((plane * rows) + row) * width) + x, length).Fill(1);
        }
    }

    private static void Planes<TStored, TLabel>(GridMatch match, ReadOnlySpan<TStored> hull, Span<TLabel> target)
        where TStored : unmanaged, IBinaryInteger<TStored>
        where TLabel : unmanaged, IBinaryInteger<TLabel>, ISignedNumber<TLabel>
    {
        var planes = match[0].Table;
        var rows = match[1].Table;
        var (hullRow, hullPlane) = (match[2].Length, match[1].Length * match[2].Length);
        var row = match[2].Table.Length;
        var plane = rows.Length * row;
        var streams = LabelWidening.Streams((long)target.Length * Unsafe.SizeOf<TLabel>());
        for (var z = 0; z < planes.Length; z++)
        {
            var to = target.Slice(z * plane, plane);
            if (planes[z] < 0)
                to.Fill(TLabel.NegativeOne);
            else if (z > 0 && planes[z] == planes[z - 1])
                target.Slice((z - 1) * plane, plane).CopyTo(to);
            else
                Rows(match, rows, hull.Slice(planes[z] * hullPlane, hullPlane), hullRow, to, row, streams);
        }

        if (streams)
            LabelWidening.Finish();
    }

    private static void Rows<TStored, TLabel>(GridMatch match, ReadOnlySpan<int> rows, ReadOnlySpan<TStored> hull, int hullRow, Span<TLabel> target, int row, bool streams)
        where TStored : unmanaged, IBinaryInteger<TStored>
        where TLabel : unmanaged, IBinaryInteger<TLabel>, ISignedNumber<TLabel>
    {
        for (var y = 0; y < rows.Length; y++)
        {
            var to = target.Slice(y * row, row);
            if (rows[y] < 0)
                to.Fill(TLabel.NegativeOne);
            else if (y > 0 && rows[y] == rows[y - 1])
                target.Slice((y - 1) * row, row).CopyTo(to);
            else
                Row(match[2], hull.Slice(rows[y] * hullRow, hullRow), to, streams);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<TStored, TLabel>(AxisMatch columns, ReadOnlySpan<TStored> source, Span<TLabel> target, bool streams)
        where TStored : unmanaged, IBinaryInteger<TStored>
        where TLabel : unmanaged, IBinaryInteger<TLabel>, ISignedNumber<TLabel>
    {
        var (start, count) = columns.Known;
        target[..start].Fill(TLabel.NegativeOne);
        target[(start + count)..].Fill(TLabel.NegativeOne);
        if (columns.IsStraight)
        {
            LabelWidening.Row(source, target.Slice(start, count), streams);
            return;
        }

        var table = columns.Table.Slice(start, count);
        var known = target.Slice(start, count);
        for (var x = 0; x < table.Length; x++)
            known[x] = TLabel.CreateTruncating(source[table[x]]);
    }
}
