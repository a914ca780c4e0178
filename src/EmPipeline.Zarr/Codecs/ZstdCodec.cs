using ZstdNet;

namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// Zstandard (RFC 8878) through native libzstd: any number of frames, with or without a stated content size. Safe for concurrent use:
/// every thread keeps one native context of each kind, so that neither direction allocates once a thread has used it.
/// </summary>
/// <param name="level">The level of <see cref="Encode"/>, 1 (fast) to 22 (small). Decoding does not depend on it.</param>
public sealed class ZstdCodec(int level = 1) : IBytesCodec, IBytesEncoder
{
    [ThreadStatic]
    private static Decompressor? t_decompressor;

    [ThreadStatic]
    private static (int Level, Compressor Compressor)? t_compressor;

    /// <summary>For those who only decode.</summary>
    public static ZstdCodec Default { get; } = new();

    /// <summary>The room that <see cref="Encode"/> needs in the worst case.</summary>
    public static int MaxEncodedLength(int sourceLength) => Compressor.GetCompressBound(sourceLength);

    int IBytesEncoder.MaxEncodedLength(int sourceLength) => MaxEncodedLength(sourceLength);

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.IsEmpty)
            throw new InvalidDataException("zstd: got 0 bytes, expected a frame.");
        t_decompressor ??= new Decompressor();
        try
        {
            // Without the size check beforehand: frames need not state their content size, and libzstd keeps to the target's end anyway.
            return t_decompressor.Unwrap(source, target, bufferSizePrecheck: false);
        }
        catch (Exception e) when (e is ZstdException or InsufficientMemoryException or ArgumentException)
        {
            throw new InvalidDataException($"zstd: {e.Message}", e);
        }
    }

    /// <summary>Compresses the whole of <paramref name="source"/> into one frame that states its content size.</summary>
    /// <param name="target">At least <see cref="MaxEncodedLength"/> of the source's length.</param>
    /// <returns>The length of the frame.</returns>
    public int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (t_compressor is not { } cached || cached.Level != level)
        {
            t_compressor?.Compressor.Dispose();
            t_compressor = cached = (level, new Compressor(new CompressionOptions(level)));
        }

        return cached.Compressor.Wrap(source, target);
    }
}
