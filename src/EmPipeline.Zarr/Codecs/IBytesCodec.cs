namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// A compressor of bytes, shared by every format that names it. Stateless to its callers and safe for concurrent use. One file each.
/// </summary>
public interface IBytesCodec
{
    /// <summary>
    /// Decodes the whole of <paramref name="source"/> into <paramref name="target"/> and returns how many bytes it wrote.
    /// Never writes past <paramref name="target"/>, whatever the source claims.
    /// </summary>
    /// <exception cref="InvalidDataException">The source is damaged, or holds more than <paramref name="target"/> takes.</exception>
    int Decode(ReadOnlySpan<byte> source, Span<byte> target);
}
