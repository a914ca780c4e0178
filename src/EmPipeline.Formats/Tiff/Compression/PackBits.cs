namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>PackBits run lengths (TIFF 6.0 section 9).</summary>
internal static class PackBits
{
    /// <summary>The most bytes that one byte of input can become: a run of 128 from two.</summary>
    public const int MaxExpansion = 64;

    /// <summary>Decodes until either buffer ends; returns the bytes written.</summary>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var (position, written) = (0, 0);
        while (written < target.Length && position < source.Length)
        {
            var control = (sbyte)source[position++];
            // -128 is padding.
            if (control == sbyte.MinValue)
                continue;
            var room = target.Length - written;
            if (control >= 0)
            {
                var count = Math.Min(Math.Min(control + 1, source.Length - position), room);
                source.Slice(position, count).CopyTo(target[written..]);
                position += control + 1;
                written += count;
            }
            else if (position < source.Length)
            {
                var count = Math.Min(1 - control, room);
                target.Slice(written, count).Fill(source[position++]);
                written += count;
            }
        }

        return written;
    }
}
