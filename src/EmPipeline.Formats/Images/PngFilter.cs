using System.Numerics;

namespace EmPipeline.Formats.Images;

/// <summary>PNG's row filters (section 9 of the specification), undone in place.</summary>
internal static class PngFilter
{
    /// <param name="above">The row before, unfiltered; zeros above the first.</param>
    /// <param name="distance">Bytes from a sample to the same sample of the pixel before.</param>
    /// <exception cref="InvalidDataException">A filter that PNG does not define.</exception>
    public static void Undo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0:
                return;
            case 1:
                for (var i = distance; i < row.Length; i++)
                    row[i] += row[i - distance];
                return;
            case 2:
                UndoUp(row, above);
                return;
            case 3:
                UndoAverage(row, above, distance);
                return;
            case 4:
                UndoPaeth(row, above, distance);
                return;
            default:
                throw new InvalidDataException($"got PNG filter {filter}, expected 0 to 4.");
        }
    }

    private static void UndoUp(Span<byte> row, ReadOnlySpan<byte> above)
    {
        var i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(row[i..]) + new Vector<byte>(above[i..])).CopyTo(row[i..]);
        for (; i < row.Length; i++)
            row[i] += above[i];
    }

    private static void UndoAverage(Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        for (var i = 0; i < Math.Min(distance, row.Length); i++)
            row[i] += (byte)(above[i] >> 1);
        for (var i = distance; i < row.Length; i++)
            row[i] += (byte)((row[i - distance] + above[i]) >> 1);
    }

    private static void UndoPaeth(Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        for (var i = 0; i < Math.Min(distance, row.Length); i++)
            row[i] += above[i];
        above = above[..row.Length];
        if (distance == 1 && row.Length > 0)
        {
            // Gray, the common case: left and upper left stay in registers.
            int left = row[0], upperLeft = above[0];
            for (var i = 1; i < row.Length; i++)
            {
                int up = above[i];
                left = (byte)(row[i] + Paeth(left, up, upperLeft));
                row[i] = (byte)left;
                upperLeft = up;
            }

            return;
        }

        for (var i = distance; i < row.Length; i++)
            row[i] += (byte)Paeth(row[i - distance], above[i], above[i - distance]);
    }

    /// <summary>Of left, up and upper left the one nearest to left + up − upper left; ties go in this order.</summary>
    private static int Paeth(int left, int up, int upperLeft)
    {
        var fromLeft = Math.Abs(up - upperLeft);
        var fromUp = Math.Abs(left - upperLeft);
        var fromUpperLeft = Math.Abs(left + up - upperLeft - upperLeft);
        var nearest = fromUp < fromLeft ? up : left;
        var distance = Math.Min(fromUp, fromLeft);
        return fromUpperLeft < distance ? upperLeft : nearest;
    }
}
