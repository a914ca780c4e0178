using System.Numerics;
using System.Runtime.InteropServices;

namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>Undoes the predictors of TIFF 6.0 section 14 (horizontal differences) and of Adobe's technical note 3 (floating point).</summary>
internal static class Predictor
{
    /// <summary>Sums differences of neighbours along each row; numbers in this machine's byte order.</summary>
    /// <param name="rowBytes">Bytes of a row.</param>
    /// <param name="bytesPerNumber">1, 2, 4 or 8.</param>
    /// <param name="samples">Numbers of one pixel: each adds to the same sample of the pixel before.</param>
    public static void UndoHorizontal(Span<byte> rows, int rowBytes, int bytesPerNumber, int samples)
    {
        for (; rows.Length >= rowBytes; rows = rows[rowBytes..])
        {
            var row = rows[..rowBytes];
            switch (bytesPerNumber)
            {
                case 1:
                    Accumulate(row, samples);
                    break;
                case 2:
                    Accumulate(MemoryMarshal.Cast<byte, ushort>(row), samples);
                    break;
                case 4:
                    Accumulate(MemoryMarshal.Cast<byte, uint>(row), samples);
                    break;
                default:
                    Accumulate(MemoryMarshal.Cast<byte, ulong>(row), samples);
                    break;
            }
        }
    }

    /// <summary>
    /// Sums byte differences along each row, then gathers the bytes of each number, which lie in planes of their own, the most
    /// significant first whatever the file's byte order. The result is little-endian.
    /// </summary>
    public static void UndoFloatingPoint(Span<byte> rows, int rowBytes, int bytesPerNumber, int samples)
    {
        var planes = new byte[rowBytes];
        var numbers = rowBytes / bytesPerNumber;
        for (; rows.Length >= rowBytes; rows = rows[rowBytes..])
        {
            var row = rows[..rowBytes];
            Accumulate(row, samples);
            row.CopyTo(planes);
            for (var plane = 0; plane < bytesPerNumber; plane++)
            {
                var from = planes.AsSpan(plane * numbers, numbers);
                var to = bytesPerNumber - 1 - plane;
                for (var i = 0; i < from.Length; i++, to += bytesPerNumber)
                    row[to] = from[i];
            }
        }
    }

    private static void Accumulate<T>(Span<T> row, int samples)
        where T : unmanaged, INumberBase<T>
    {
        if (samples == 1)
        {
            var sum = T.Zero;
            foreach (ref var value in row)
                value = sum = unchecked(sum + value);
            return;
        }

        for (var i = samples; i < row.Length; i++)
            row[i] = unchecked(row[i] + row[i - samples]);
    }
}
