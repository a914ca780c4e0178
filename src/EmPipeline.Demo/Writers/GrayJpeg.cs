using SkiaSharp;

namespace EmPipeline.Demo.Writers;

/// <summary>Baseline grayscale JPEG through Skia's libjpeg-turbo.</summary>
internal static class GrayJpeg
{
    /// <param name="pixels">height × width, rows without gaps.</param>
    /// <param name="quality">libjpeg's scale, 0 to 100.</param>
    public static unsafe byte[] Encode(ReadOnlySpan<byte> pixels, int width, int height, int quality)
    {
        fixed (byte* start = pixels)
        {
            using var image = new SKPixmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), (nint)start, width);
            using var data = image.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore))
                ?? throw new InvalidOperationException($"Skia did not encode a {width}×{height} grayscale JPEG.");
            return data.ToArray();
        }
    }
}
