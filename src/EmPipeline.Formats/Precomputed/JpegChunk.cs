using System.Buffers;
using EmPipeline.Volumes;
using SkiaSharp;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Encoding "jpeg": an image whose rows, laid end to end, are the voxels, x fastest. One component a channel. Decoded by the
/// libjpeg-turbo inside Skia; one-component images go straight into the target.
/// </summary>
internal sealed class JpegChunk : IChunkDecoder
{
    public NdIndex Measure(ReadOnlySpan<byte> encoded, NdIndex clipped, NdIndex full)
    {
        var header = JpegHeader.Read(encoded);
        if (header.Components != clipped[0])
            throw new InvalidDataException($"got a JPEG of {header.Components} components, expected {clipped[0]}");
        return ChunkDecoders.ByPixels((long)header.Width * header.Height, $"a JPEG of {header.Width}×{header.Height}", clipped, full);
    }

    public void Decode(ReadOnlySpan<byte> encoded, NdIndex shape, Span<byte> target)
    {
        var header = JpegHeader.Read(encoded);
        if (header.Components == 1)
        {
            Decode(encoded, header, SKColorType.Gray8, target);
            return;
        }

        var length = checked(header.Width * header.Height * 4);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Decode(encoded, header, SKColorType.Rgba8888, rented.AsSpan(0, length));
            var plane = target.Length / 3;
            for (var i = 0; i < plane; i++)
                (target[i], target[plane + i], target[2 * plane + i]) = (rented[4 * i], rented[4 * i + 1], rented[4 * i + 2]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static unsafe void Decode(ReadOnlySpan<byte> encoded, JpegHeader header, SKColorType color, Span<byte> target)
    {
        fixed (byte* source = encoded, pixels = target)
        {
            using var data = SKData.Create((IntPtr)source, encoded.Length);
            using var codec = SKCodec.Create(data) ?? throw new InvalidDataException("got a JPEG that cannot be decoded, expected a valid one. Fetch the file again");
            var info = new SKImageInfo(header.Width, header.Height, color, SKAlphaType.Opaque);
            // Skia is told the size of the target by this alone.
            if (codec.Info.Width != info.Width || codec.Info.Height != info.Height || info.BytesSize64 != target.Length)
                throw new InvalidDataException($"got a JPEG of {codec.Info.Width}×{codec.Info.Height}, expected {info.Width}×{info.Height}");
            var result = codec.GetPixels(info, (IntPtr)pixels);
            if (result != SKCodecResult.Success)
                throw new InvalidDataException($"got a JPEG that ends as {result}, expected a whole image. Fetch the file again");
        }
    }
}
