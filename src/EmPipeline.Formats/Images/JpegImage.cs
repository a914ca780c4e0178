using System.Runtime.InteropServices;
using SkiaSharp;

namespace EmPipeline.Formats.Images;

/// <summary>
/// JPEG by Skia's libjpeg-turbo (exact integer transform, smooth chroma), without colour management and without turning the image as an
/// EXIF orientation asks.
/// </summary>
internal static class JpegImage
{
    /// <summary>
    /// The most bytes that one byte of a stream can become: a block of 64 pixels takes one bit at least, and with colour at half the
    /// resolution six blocks are 768 bytes.
    /// </summary>
    public const int MaxExpansion = 1 << 10;

    /// <summary>The stream's frame header.</summary>
    /// <exception cref="InvalidDataException">Not a JPEG stream.</exception>
    public static JpegFrame Header(ReadOnlySpan<byte> stream)
    {
        var position = 2;
        while (position + 4 <= stream.Length && stream[position] == 0xFF)
        {
            var marker = stream[position + 1];
            if (marker == 0xFF)
            {
                position++;
                continue;
            }

            // Start of frame, of any process; C4, C8 and CC are other things.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && position + 10 <= stream.Length)
            {
                var at = stream[(position + 4)..];
                return new JpegFrame((at[3] << 8) | at[4], (at[1] << 8) | at[2], at[5], at[0], marker);
            }

            position += 2 + ((stream[position + 2] << 8) | stream[position + 3]);
        }

        throw new InvalidDataException("got no JPEG frame header, expected one before the end of the file.");
    }

    /// <summary>Whether a stream of <paramref name="length"/> bytes can hold this many voxels: asked before memory is taken for them.</summary>
    public static bool IsPossible(int width, int height, int samples, long length) => (long)width * height * samples / MaxExpansion <= length;

    /// <summary>Decodes the first <paramref name="rows"/> rows into rows × <paramref name="width"/> × <paramref name="samples"/> bytes.</summary>
    /// <exception cref="InvalidDataException">Damaged, of another width or number of samples, or with fewer rows.</exception>
    public static unsafe void Decode(ReadOnlySpan<byte> stream, Span<byte> target, int width, int rows, int samples)
    {
        var header = Header(stream);
        if (header.Width != width || header.Height < rows || header.Samples != samples)
        {
            throw new InvalidDataException(
                $"got JPEG of {header.Height}×{header.Width} pixels of {header.Samples} samples, expected {rows}×{width} of {samples}.");
        }

        if (header.Unread is { } kind)
            throw new InvalidDataException($"got {kind}, expected 8 bits, baseline or progressive.");

        if (!IsPossible(width, header.Height, samples, stream.Length))
            throw new InvalidDataException($"got {stream.Length} bytes, too few for JPEG of {header.Height}×{header.Width} pixels.");
        fixed (byte* start = stream)
        {
            using var data = SKData.Create((nint)start, stream.Length);
            using var codec = SKCodec.Create(data) ?? throw new InvalidDataException("got no JPEG stream that can be decoded.");
            if (samples == 1 && header.Height == rows)
            {
                fixed (byte* pixels = target)
                    Check(codec.GetPixels(new SKImageInfo(width, rows, SKColorType.Gray8, SKAlphaType.Opaque), (nint)pixels, width, SKCodecOptions.Default));
                return;
            }

            var (type, size) = samples == 1 ? (SKColorType.Gray8, 1) : (SKColorType.Rgba8888, 4);
            var buffer = NativeMemory.Alloc((nuint)width * (nuint)header.Height, (nuint)size);
            try
            {
                Check(codec.GetPixels(new SKImageInfo(width, header.Height, type, SKAlphaType.Opaque), (nint)buffer, width * size, SKCodecOptions.Default));
                var from = new ReadOnlySpan<byte>(buffer, checked(width * rows * size));
                if (size == samples)
                    from.CopyTo(target);
                else
                    DropFourth(from, target);
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
        }
    }

    private static void DropFourth(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3)
            (rgb[to], rgb[to + 1], rgb[to + 2]) = (rgba[from], rgba[from + 1], rgba[from + 2]);
    }

    private static void Check(SKCodecResult result)
    {
        if (result != SKCodecResult.Success)
            throw new InvalidDataException($"got a damaged JPEG stream ({result}).");
    }
}
