namespace EmPipeline.Zarr.Codecs;

/// <summary>A compressor of bytes that this project writes with. Safe for concurrent use.</summary>
internal interface IBytesEncoder
{
    /// <summary>The room that <see cref="Encode"/> needs in the worst case.</summary>
    int MaxEncodedLength(int sourceLength);

    /// <summary>Compresses the whole of <paramref name="source"/>: the same bytes always become the same.</summary>
    /// <param name="target">At least <see cref="MaxEncodedLength"/> of the source's length.</param>
    /// <returns>How many bytes were written.</returns>
    int Encode(ReadOnlySpan<byte> source, Span<byte> target);
}
