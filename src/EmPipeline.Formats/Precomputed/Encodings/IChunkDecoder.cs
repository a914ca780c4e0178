using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Decodes the chunks of one encoding. Stateless, safe for concurrent use. Chunks at the far edge are stored clipped to the volume; some
/// writers pad them to the full chunk instead, so the encoded bytes are asked first.
/// </summary>
internal interface IChunkDecoder
{
    /// <summary>Which of the two shapes the encoded chunk has.</summary>
    /// <param name="clipped">The shape inside the volume, c, z, y, x.</param>
    /// <param name="full">The shape of a chunk away from the edge, c, z, y, x.</param>
    /// <exception cref="InvalidDataException">The encoded bytes are damaged or have neither shape.</exception>
    /// <exception cref="NotSupportedException">They use something that is not read here.</exception>
    NdIndex Measure(ReadOnlySpan<byte> encoded, NdIndex clipped, NdIndex full);

    /// <summary>Decodes into C order, little-endian.</summary>
    /// <param name="shape">What <see cref="Measure"/> returned, c, z, y, x.</param>
    /// <param name="target">Exactly as long as the shape asks.</param>
    /// <inheritdoc cref="Measure" path="/exception"/>
    void Decode(ReadOnlySpan<byte> encoded, NdIndex shape, Span<byte> target);
}

internal static class ChunkDecoders
{
    public static IChunkDecoder For(PrecomputedScale scale, VoxelType type) => scale.Encoding switch
    {
        PrecomputedEncoding.Raw => new RawChunk(type.Size()),
        PrecomputedEncoding.Jpeg => new JpegChunk(),
        PrecomputedEncoding.Png => new PngChunk(type.Size()),
        PrecomputedEncoding.CompressedSegmentation => new CompressedSegmentationChunk(type.Size(), scale.BlockSize),
        _ => new CompressoChunk(type.Size()),
    };

    /// <summary>The shape that has this many pixels; the channels do not count.</summary>
    internal static NdIndex ByPixels(long pixels, string what, NdIndex clipped, NdIndex full)
    {
        if (pixels == Pixels(clipped))
            return clipped;
        return pixels == Pixels(full) ? full : throw new InvalidDataException(
            $"got {what}, {pixels} pixels, expected {Pixels(clipped)} for {clipped[1]}×{clipped[2]}×{clipped[3]} voxels");
    }

    internal static Int128 Pixels(NdIndex shape) => (Int128)shape[1] * shape[2] * shape[3];
}
