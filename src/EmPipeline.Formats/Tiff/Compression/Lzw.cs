namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>
/// LZW as in TIFF 6.0 section 13 (codes from the highest bit, one code early change of width), and as the first TIFF writers made it
/// (codes from the lowest bit, width changed when needed), which libtiff calls "compat".
/// </summary>
internal static class Lzw
{
    private const int MaxBits = 12;
    private const int TableSize = 1 << MaxBits;
    private const int Clear = 256;
    private const int End = 257;

    /// <summary>The most bytes that one byte of input can become: the longest string of the table from each 12 bits.</summary>
    public const int MaxExpansion = TableSize;

    /// <summary>Decodes until the end code or the end of either buffer; returns the bytes written.</summary>
    /// <exception cref="InvalidDataException">A code that the table does not hold.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        // Every stream starts with a clear code; read from the other end of the bytes it looks like this.
        var compat = source.Length >= 2 && source[0] == 0 && (source[1] & 1) != 0;
        Span<ushort> prefix = stackalloc ushort[TableSize];
        Span<byte> suffix = stackalloc byte[TableSize];
        Span<ushort> length = stackalloc ushort[TableSize];
        for (var i = 0; i < Clear; i++)
            (suffix[i], length[i]) = ((byte)i, 1);

        var early = compat ? 0 : 1;
        var (bits, next, previous) = (9, End + 1, -1);
        var (pending, pendingBits, position, written) = (0UL, 0, 0, 0);
        while (written < target.Length)
        {
            while (pendingBits < bits && position < source.Length)
            {
                pending = compat ? pending | ((ulong)source[position++] << pendingBits) : (pending << 8) | source[position++];
                pendingBits += 8;
            }

            if (pendingBits < bits)
                return written;
            var mask = (1 << bits) - 1;
            int code;
            if (compat)
            {
                code = (int)pending & mask;
                pending >>= bits;
                pendingBits -= bits;
            }
            else
            {
                pendingBits -= bits;
                code = (int)(pending >> pendingBits) & mask;
            }

            if (code == End)
                return written;
            if (code == Clear)
            {
                (bits, next, previous) = (9, End + 1, -1);
                continue;
            }

            if (previous < 0)
            {
                if (code > Clear)
                    throw new InvalidDataException($"got LZW code {code} after a clear code, expected a byte.");
                target[written++] = (byte)code;
                previous = code;
                continue;
            }

            if (code > next || (code == next && next >= TableSize))
                throw new InvalidDataException($"got LZW code {code}, expected at most {next}.");
            // The code being defined right now is the previous string and its own first byte.
            var known = code < next ? code : previous;
            var size = length[known];
            var fits = Math.Min(size, target.Length - written);
            var at = known;
            for (var i = size - 1; i >= 0; i--)
            {
                if (i < fits)
                    target[written + i] = suffix[at];
                at = prefix[at];
            }

            var first = target[written];
            written += fits;
            if (code == next && written < target.Length)
                target[written++] = first;
            if (next < TableSize)
            {
                (prefix[next], suffix[next], length[next]) = ((ushort)previous, first, (ushort)(length[previous] + 1));
                next++;
            }

            if (next + early >= 1 << bits && bits < MaxBits)
                bits++;
            previous = code;
        }

        return written;
    }
}
