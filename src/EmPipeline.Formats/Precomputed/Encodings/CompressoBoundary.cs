using System.Buffers;
using System.Buffers.Binary;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Unpacks the boundary bits of a Compresso stream, which come in windows of a few voxels.</summary>
internal static class CompressoBoundary
{
    /// <param name="values">The distinct windows; none when nothing lies on a boundary.</param>
    /// <param name="windows">The run-length encoded numbers of the windows in the grid, x fastest.</param>
    /// <param name="boundary">Every voxel of the chunk, x fastest.</param>
    /// <exception cref="InvalidDataException">There are more windows than the grid has, or numbers of none.</exception>
    public static void Decode(ReadOnlySpan<byte> values, ReadOnlySpan<byte> windows, CompressoHeader header, Span<bool> boundary)
    {
        boundary.Clear();
        if (values.IsEmpty)
            return;
        var bits = new ulong[header.Values];
        for (var i = 0; i < bits.Length; i++)
            bits[i] = Read(values, i, header.WindowBytes);

        var (gridX, gridY) = (Divide(header.X, header.StepX), Divide(header.Y, header.StepY));
        var count = checked(gridX * gridY * Divide(header.Z, header.StepZ));
        var rented = ArrayPool<int>.Shared.Rent(count);
        try
        {
            var numbers = rented.AsSpan(0, count);
            Expand(windows, header, bits.Length, numbers);
            for (var z = 0; z < header.Z; z++)
            {
                for (var y = 0; y < header.Y; y++)
                {
                    var row = boundary.Slice((z * header.Y + y) * header.X, header.X);
                    var line = numbers.Slice((z / header.StepZ * gridY + y / header.StepY) * gridX, gridX);
                    var shift = header.StepX * (header.StepY * (z % header.StepZ) + y % header.StepY);
                    DecodeRow(row, line, bits, header.StepX, shift);
                }
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static void DecodeRow(Span<bool> row, ReadOnlySpan<int> numbers, ulong[] bits, int step, int shift)
    {
        for (int start = 0, i = 0; start < row.Length; start += step, i++)
        {
            var window = bits[numbers[i]] >> shift;
            var end = Math.Min(start + step, row.Length);
            for (var x = start; x < end; x++, window >>= 1)
                row[x] = (window & 1) != 0;
        }
    }

    // An odd entry is a run of windows number 0, an even one a window number; both doubled.
    private static void Expand(ReadOnlySpan<byte> windows, CompressoHeader header, int values, Span<int> numbers)
    {
        numbers.Clear();
        var at = 0UL;
        for (var i = 0; i < windows.Length / header.WindowBytes; i++)
        {
            var entry = Read(windows, i, header.WindowBytes);
            var half = entry >> 1;
            var step = (entry & 1) != 0 ? half : 1;
            if (step > (ulong)numbers.Length - at)
                throw new InvalidDataException($"got more than {numbers.Length} windows, expected that many. Fetch the file again");
            if ((entry & 1) == 0)
            {
                if (half >= (ulong)values)
                    throw new InvalidDataException($"got window number {half}, expected one of {values}. Fetch the file again");
                numbers[(int)at] = (int)half;
            }

            at += step;
        }
    }

    private static ulong Read(ReadOnlySpan<byte> bytes, int i, int width) => width switch
    {
        1 => bytes[i],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * 2)..]),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * 4)..]),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]),
    };

    private static int Divide(int extent, int step) => (extent + step - 1) / step;
}
