namespace EmPipeline.Zarr.Codecs;

/// <summary>LZF (Marc Lehmann's liblzf), the "lzf" of h5py: literal runs and back references, without a header.</summary>
public sealed class LzfCodec : IBytesCodec
{
    // A control byte below 32 starts a literal run of one more byte; else its upper bits are a length and its lower ones an offset.
    private const int FirstReference = 32, OffsetMask = 0x1F, LengthBits = 5, LongLength = 7, MinReference = 2;

    public static LzfCodec Default { get; } = new();

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (from, to) = (0, 0);
        while (from < source.Length)
        {
            int control = source[from++];
            if (control < FirstReference)
            {
                var literals = control + 1;
                if (literals > source.Length - from || literals > target.Length - to)
                    throw Damaged(from);
                source.Slice(from, literals).CopyTo(target[to..]);
                (from, to) = (from + literals, to + literals);
                continue;
            }

            var length = control >> LengthBits;
            if (length == LongLength)
                length += from < source.Length ? source[from++] : throw Damaged(from);
            length += MinReference;
            if (from >= source.Length)
                throw Damaged(from);
            var reference = to - ((control & OffsetMask) << 8) - source[from++] - 1;
            if (reference < 0 || length > target.Length - to)
                throw Damaged(from);
            // The reference may reach into what it writes, so bytes are copied one by one.
            for (var i = 0; i < length; i++)
                target[to++] = target[reference++];
        }

        return to;
    }

    private static InvalidDataException Damaged(int at) => new($"lzf: got a damaged stream at byte {at}, or more than the expected bytes.");
}
