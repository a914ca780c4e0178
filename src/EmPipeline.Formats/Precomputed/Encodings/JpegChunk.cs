using System.Buffers;
using EmPipeline.Formats.Images;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Encoding "jpeg": an image whose rows, laid end to end, are the voxels, x fastest. One component a channel; one-component images go
/// straight into the target.
/// </summary>
internal sealed class JpegChunk : IChunkDecoder
{
    public NdIndex Measure(ReadOnlySpan<byte> encoded, NdIndex clipped, NdIndex full)
    {
        var header = JpegImage.Header(encoded);
        if (header.Samples != clipped[0])
            throw new InvalidDataException($"got a JPEG of {header.Samples} components, expected {clipped[0]}");
        return ChunkDecoders.ByPixels((long)header.Width * header.Height, $"a JPEG of {header.Width}×{header.Height}", clipped, full);
    }

    public void Decode(ReadOnlySpan<byte> encoded, NdIndex shape, Span<byte> target)
    {
        var header = JpegImage.Header(encoded);
        if (header.Samples == 1)
        {
            JpegImage.Decode(encoded, target, header.Width, header.Height, header.Samples);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(target.Length);
        try
        {
            JpegImage.Decode(encoded, rented.AsSpan(0, target.Length), header.Width, header.Height, header.Samples);
            var plane = target.Length / 3;
            for (var i = 0; i < plane; i++)
                (target[i], target[plane + i], target[2 * plane + i]) = (rented[3 * i], rented[(3 * i) + 1], rented[(3 * i) + 2]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
