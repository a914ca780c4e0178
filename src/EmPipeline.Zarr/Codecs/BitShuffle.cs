using System.Buffers.Binary;

namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// Undoes the bit shuffle of the bitshuffle library and Blosc: for each byte of the element, for each of its bits from the lowest,
/// a row of that bit of all elements, eight elements a byte, the first in the lowest bit.
/// </summary>
public static class BitShuffle
{
    /// <summary>Unshuffles <paramref name="source"/> into <paramref name="target"/> of the same length; they may not overlap.</summary>
    /// <param name="source">A multiple of eight elements.</param>
    public static void Undo(ReadOnlySpan<byte> source, Span<byte> target, int elementSize)
    {
        var rowLength = source.Length / elementSize / 8;
        if (rowLength * elementSize * 8 != source.Length || target.Length < source.Length)
            throw new ArgumentException($"source: got {source.Length} bytes, expected a multiple of {8 * elementSize} that fits the target.", nameof(source));
        for (var plane = 0; plane < elementSize; plane++)
        {
            var rows = source.Slice(plane * 8 * rowLength, 8 * rowLength);
            for (var group = 0; group < rowLength; group++)
            {
                var bits = 0ul;
                for (var (row, at) = (0, group); row < 64; row += 8, at += rowLength)
                    bits |= (ulong)rows[at] << row;
                bits = Transpose(bits);
                if (elementSize == 1)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(target[(8 * group)..], bits);
                    continue;
                }

                var elements = target.Slice(8 * group * elementSize, 8 * elementSize);
                for (var at = plane; at < elements.Length; at += elementSize, bits >>= 8)
                    elements[at] = (byte)bits;
            }
        }
    }

    /// <summary>Swaps bit j of byte i with bit i of byte j: three rounds of exchanging ever larger squares.</summary>
    private static ulong Transpose(ulong x)
    {
        var t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAul;
        x ^= t ^ (t << 7);
        t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCul;
        x ^= t ^ (t << 14);
        t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0ul;
        return x ^ t ^ (t << 28);
    }
}
