namespace EmPipeline.Zarr.Codecs;

/// <summary>Lets decoders that know only streams read a span.</summary>
internal static class InflateStreams
{
    /// <summary>Decodes the whole of <paramref name="source"/> with the stream that <paramref name="open"/> makes of it.</summary>
    /// <param name="name">The codec's name, for messages.</param>
    /// <exception cref="InvalidDataException">The source is damaged, or holds more than <paramref name="target"/> takes.</exception>
    public static unsafe int Decode(string name, ReadOnlySpan<byte> source, Span<byte> target, Func<Stream, Stream> open)
    {
        if (source.IsEmpty)
            throw new InvalidDataException($"{name}: got 0 bytes, expected a stream.");
        fixed (byte* pointer = source)
        {
            using var encoded = new UnmanagedMemoryStream(pointer, source.Length);
            try
            {
                using var decoded = open(encoded);
                var length = decoded.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
                // One read more than fits: it tells a stream that is too long, and makes the decoder check what follows the data.
                return length < target.Length || decoded.ReadByte() < 0
                    ? length
                    : throw new InvalidDataException($"{name}: got more than the expected {target.Length} bytes.");
            }
            catch (Exception e) when (IsDamage(e))
            {
                throw new InvalidDataException($"{name}: {e.Message}", e);
            }
        }
    }

    // Decoders report damage in many ways, array indices out of range among them; none of these can come from this program's own state.
    private static bool IsDamage(Exception e) =>
        e is not (InvalidDataException or OutOfMemoryException or OperationCanceledException or NotSupportedException);
}
