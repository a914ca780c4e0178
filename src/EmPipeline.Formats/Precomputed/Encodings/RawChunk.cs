using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Encoding "raw": little-endian voxels, x fastest, then y, z and channel, which is C order of c, z, y, x.</summary>
internal sealed class RawChunk(int voxelBytes) : IChunkDecoder
{
    public NdIndex Measure(ReadOnlySpan<byte> encoded, NdIndex clipped, NdIndex full)
    {
        if (encoded.Length == Bytes(clipped))
            return clipped;
        return encoded.Length == Bytes(full) ? full : throw new InvalidDataException(
            $"got {encoded.Length} bytes, expected {Bytes(clipped)} for {clipped} raw voxels");
    }

    public void Decode(ReadOnlySpan<byte> encoded, NdIndex shape, Span<byte> target) => encoded.CopyTo(target);

    private Int128 Bytes(NdIndex shape) => ChunkDecoders.Pixels(shape) * shape[0] * voxelBytes;
}
