using System.Runtime.InteropServices;
using EmPipeline.Volumes;
using SkiaSharp;

namespace EmPipeline.Explorer.Planes;

/// <summary>Pixels as files that a browser shows.</summary>
internal static class Pictures
{
    private const int Quality = 90;

    // Little is saved by looking for the best filter, and most of the time is.
    private static readonly SKPngEncoderOptions Fast = new(SKPngEncoderFilterFlags.Sub, 1);

    /// <summary>A grey JPEG; the caller disposes it.</summary>
    public static unsafe SKData Jpeg(ReadOnlySpan<byte> grey, int width, int height)
    {
        fixed (byte* start = grey)
        {
            using var image = new SKPixmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), (nint)start, width);
            return image.Encode(new SKJpegEncoderOptions(Quality, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore)) ?? throw Refused(width, height);
        }
    }

    /// <summary>A grey PNG, exact; the caller disposes it.</summary>
    public static unsafe SKData Png(ReadOnlySpan<byte> grey, int width, int height)
    {
        fixed (byte* start = grey)
        {
            using var image = new SKPixmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), (nint)start, width);
            return image.Encode(Fast) ?? throw Refused(width, height);
        }
    }

    /// <summary>A PNG of red, green, blue and alpha; the caller disposes it.</summary>
    public static unsafe SKData Png(ReadOnlySpan<uint> pixels, int width, int height)
    {
        fixed (byte* start = MemoryMarshal.AsBytes(pixels))
        {
            using var image = new SKPixmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Premul), (nint)start, width * sizeof(uint));
            return image.Encode(Fast) ?? throw Refused(width, height);
        }
    }

    private static EmException Refused(int width, int height) => new(Fault.Machine, $"got no picture of {width}×{height} pixels from Skia, expected one. Is there memory left?");
}
