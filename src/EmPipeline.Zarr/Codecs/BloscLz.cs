namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// BloscLZ, Blosc's own LZ77 format (a descendant of FastLZ). A control byte below 32 says how many literals follow, less one; a higher
/// one is a match: length in its upper three bits (continued in further bytes while they are 255), distance in the lower five and the
/// next byte. A distance at its limit is continued in two more bytes, big-endian.
/// </summary>
internal static class BloscLz
{
    private const int MaxShortDistance = 8191, MinMatch = 3, LengthContinues = 6, HighDistanceLimit = 31 << 8;

    /// <summary>Decodes the whole of <paramref name="source"/>; returns how many bytes it wrote.</summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (from, to) = (0, 0);
        while (from < source.Length)
        {
            int control = source[from++];
            // The first byte is always literals: nothing is there to match yet, and its upper bits say something else.
            if (from == 1)
                control &= 31;
            if (control < 32)
            {
                var count = control + 1;
                if (count > source.Length - from || count > target.Length - to)
                    throw Damaged(from);
                source.Slice(from, count).CopyTo(target[to..]);
                from += count;
                to += count;
                continue;
            }

            var length = (control >> 5) - 1;
            var distance = (control & 31) << 8;
            if (length == LengthContinues)
            {
                int more;
                do
                {
                    more = Next(source, ref from);
                    length += more;
                    // Also bounds the sum: a run of 255s cannot overflow it.
                    if (length > target.Length)
                        throw Damaged(from);
                }
                while (more == 255);
            }

            length += MinMatch;
            int low = Next(source, ref from);
            distance += low + 1;
            if (low == 255 && distance == HighDistanceLimit + 256)
                distance = (Next(source, ref from) << 8) + Next(source, ref from) + MaxShortDistance + 1;
            if (distance > to || length > target.Length - to)
                throw Damaged(from);
            CopyMatch(target, to, distance, length);
            to += length;
        }

        return to;
    }

    private static void CopyMatch(Span<byte> target, int to, int distance, int length)
    {
        if (distance == 1)
        {
            target.Slice(to, length).Fill(target[to - 1]);
            return;
        }

        // An overlapping match repeats itself: every copy doubles what can be copied at once.
        var start = to - distance;
        while (length > 0)
        {
            var count = Math.Min(length, to - start);
            target.Slice(start, count).CopyTo(target[to..]);
            to += count;
            length -= count;
        }
    }

    private static byte Next(ReadOnlySpan<byte> source, ref int from) => from < source.Length ? source[from++] : throw Damaged(from);

    private static InvalidDataException Damaged(int offset) => new($"blosclz: the stream is damaged before byte {offset}.");
}
