namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>
/// Filter 5 (n-bit): of every number only the bits that count, one behind the other, the highest first. Parameters: their count, whether
/// all bits count, elements a chunk, then the type.
/// </summary>
internal static class NBitFilter
{
    private const int NothingToDoAt = 1, CountAt = 2, TypeAt = 3;
    private const int Atomic = 1, Array = 2, Compound = 3, Untouched = 4;
    private const int MaxDepth = 16;

    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, uint[] parameters, int size)
    {
        if (parameters.Length <= TypeAt)
            throw new InvalidDataException("n-bit: got no type in the filter's parameters, expected one.");
        if (parameters[NothingToDoAt] != 0)
        {
            if (source.Length > target.Length)
                throw new InvalidDataException($"n-bit: got {source.Length} bytes, expected at most {target.Length}.");
            source.CopyTo(target);
            return source.Length;
        }

        target[..size].Clear();
        var bits = new BitReader(source);
        var offset = 0L;
        for (var i = 0u; i < parameters[CountAt]; i++)
        {
            var at = TypeAt;
            offset += Element(ref bits, target[..size], offset, parameters, ref at, 0);
        }

        return offset == size ? size : throw new InvalidDataException($"n-bit: got {offset} decoded bytes, expected {size}.");
    }

    /// <summary>Decodes one element of the type that begins at a parameter.</summary>
    /// <returns>Bytes of the element.</returns>
    private static long Element(ref BitReader bits, Span<byte> target, long offset, uint[] parameters, ref int at, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"n-bit: got types nested more than {MaxDepth} deep.");
        var kind = Next(parameters, ref at);
        long size = Next(parameters, ref at);
        if (size == 0 || offset + size > target.Length)
            throw new InvalidDataException($"n-bit: got an element of {size} bytes at byte {offset}, expected it within {target.Length}.");
        switch (kind)
        {
            case Atomic:
                var bigEndian = Next(parameters, ref at) != 0;
                var (precision, low) = (Next(parameters, ref at), Next(parameters, ref at));
                if (size > sizeof(ulong) || precision is 0 or > 64 || low + (ulong)precision > 8 * (ulong)size)
                    throw new InvalidDataException($"n-bit: got {precision} bits from bit {low} on in numbers of {size} bytes.");
                Write(target.Slice((int)offset, (int)size), bits.Take((int)precision) << (int)low, bigEndian);
                break;
            case Untouched:
                for (var i = 0; i < size; i++)
                    target[(int)offset + i] = (byte)bits.Take(8);
                break;
            case Array:
                var start = at;
                var inner = 0L;
                while (inner < size)
                {
                    at = start;
                    inner += Element(ref bits, target, offset + inner, parameters, ref at, depth + 1);
                }

                break;
            case Compound:
                var members = Next(parameters, ref at);
                if (members == 0)
                    throw new InvalidDataException("n-bit: got a compound without members, expected at least one.");
                for (var i = 0u; i < members; i++)
                {
                    var within = Next(parameters, ref at);
                    Element(ref bits, target, offset + within, parameters, ref at, depth + 1);
                }

                break;
            default:
                throw new NotSupportedException($"n-bit filter for types of kind {kind}");
        }

        return size;
    }

    private static uint Next(uint[] parameters, ref int at) =>
        at < parameters.Length ? parameters[at++] : throw new InvalidDataException($"n-bit: got {parameters.Length} parameters, expected more.");

    private static void Write(Span<byte> target, ulong value, bool bigEndian)
    {
        for (var i = 0; i < target.Length; i++, value >>= 8)
            target[bigEndian ? target.Length - 1 - i : i] = (byte)value;
    }
}
