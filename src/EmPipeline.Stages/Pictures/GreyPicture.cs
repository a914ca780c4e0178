using SkiaSharp;

namespace EmPipeline.Stages.Pictures;

/// <summary>Grey values of a picture's pixels: means of the voxels that they stand for, without those that are not finite; NaN where none is.</summary>
/// <param name="StepAcross">Voxels of the plane that a pixel stands for, across.</param>
internal sealed record GreyPicture(float[] Values, int Width, int Height, int StepAcross, int StepDown)
{
    // About what a laptop's screen shows of each of three pictures side by side.
    private const int MostPixels = 480;

    // Noise hardly compresses: it is shown with less care, so that the report of ten datasets stays below 5 MB.
    private const int MostBytes = 100_000;
    private static readonly int[] Qualities = [82, 65, 45];

    public static GreyPicture Of(float[] voxels, int across, int down)
    {
        var (stepAcross, stepDown) = (((across - 1) / MostPixels) + 1, ((down - 1) / MostPixels) + 1);
        var (width, height) = (((across - 1) / stepAcross) + 1, ((down - 1) / stepDown) + 1);
        var (sums, counts) = (new double[width * height], new int[width * height]);
        for (var row = 0; row < down; row++)
        {
            for (var column = 0; column < across; column++)
            {
                var value = voxels[(row * across) + column];
                if (!float.IsFinite(value))
                    continue;
                var pixel = (row / stepDown * width) + (column / stepAcross);
                sums[pixel] += value;
                counts[pixel]++;
            }
        }

        var values = new float[width * height];
        for (var pixel = 0; pixel < values.Length; pixel++)
            values[pixel] = counts[pixel] == 0 ? float.NaN : (float)(sums[pixel] / counts[pixel]);
        return new GreyPicture(values, width, height, stepAcross, stepDown);
    }

    /// <summary>Black at <paramref name="low"/>, white at <paramref name="high"/>; black where no voxel is finite.</summary>
    public byte[] Jpeg(double low, double high)
    {
        var pixels = new byte[Values.Length];
        var scale = high > low ? 255 / (high - low) : 0;
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = float.IsNaN(Values[i]) ? (byte)0 : scale == 0 ? (byte)128 : (byte)Math.Clamp(Math.Round((Values[i] - low) * scale), 0, 255);
        byte[] jpeg = [];
        foreach (var quality in Qualities)
        {
            jpeg = Encode(pixels, Width, Height, SKColorType.Gray8, pixmap => pixmap.Encode(new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore)));
            if (jpeg.Length <= MostBytes)
                break;
        }

        return jpeg;
    }

    internal static unsafe byte[] Encode(byte[] pixels, int width, int height, SKColorType colour, Func<SKPixmap, SKData?> encode)
    {
        fixed (byte* start = pixels)
        {
            var info = new SKImageInfo(width, height, colour, colour == SKColorType.Gray8 ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
            using var pixmap = new SKPixmap(info, (nint)start, info.RowBytes);
            using var data = encode(pixmap) ?? throw new InvalidOperationException($"A picture of {width}×{height} could not be encoded.");
            return data.ToArray();
        }
    }
}
