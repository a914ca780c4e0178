using EmPipeline.Formats.Images;
using SkiaSharp;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>PNG and JPEG by Skia, 8-bit gray.</summary>
internal static class ImageFiles
{
    private const int JpegQuality = 85;

    /// <summary>A folder of slices.</summary>
    public static Container WritePng(string folder, Voxels voxels)
    {
        folder = Directory.CreateDirectory(Path.Combine(folder, "png")).FullName;
        var (height, width) = ((int)voxels.Shape[1], (int)voxels.Shape[2]);
        var slices = new byte[voxels.Shape[0]][];
        Parallel.For(0, slices.Length, z =>
        {
            slices[z] = Encode(voxels.Plane(z).Span, height, width, image => image.Encode(SKPngEncoderOptions.Default)!);
            File.WriteAllBytes(Path.Combine(folder, $"slice_{z:d5}.png"), slices[z]);
        });
        return new Container(folder)
        {
            // Decoding uses the stream as working space.
            Coded = (slices, voxels.PlaneBytes, static (encoded, decoded) => PngImage.Decode((byte[])encoded.Clone(), decoded)),
        };
    }

    /// <summary>A chunk of 64³ as precomputed has it: an image of 64 × 4096.</summary>
    public static byte[] Jpeg(byte[] chunk, int edge) =>
        Encode(chunk, edge * edge, edge, image => image.Encode(new SKJpegEncoderOptions(JpegQuality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore))!);

    private static unsafe byte[] Encode(ReadOnlySpan<byte> pixels, int height, int width, Func<SKPixmap, SKData> encode)
    {
        fixed (byte* start = pixels)
        {
            using var image = new SKPixmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), (nint)start, width);
            using var data = encode(image);
            return data.ToArray();
        }
    }
}
