using System.Buffers;
using EmPipeline.Formats.Images;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Encoding "png": an image whose rows, laid end to end, are the voxels, x fastest. One component a channel, of 8 or 16 bits.</summary>
internal sealed class PngChunk(int voxelBytes) : IChunkDecoder
{
    public NdIndex Measure(ReadOnlySpan<byte> encoded, NdIndex clipped, NdIndex full)
    {
        var header = PngHeader.Parse(encoded);
        if (header.Samples != clipped[0] || header.Bits != 8 * voxelBytes || header.Colour == PngColour.Palette)
        {
            throw new InvalidDataException(
                $"got a PNG of {header.Samples} × {header.Bits} bits a pixel ({header.Colour}), expected {clipped[0]} × {8 * voxelBytes}");
        }

        return ChunkDecoders.ByPixels((long)header.Width * header.Height, $"a PNG of {header.Width}×{header.Height}", clipped, full);
    }

    public void Decode(ReadOnlySpan<byte> encoded, NdIndex shape, Span<byte> target)
    {
        var channels = PngHeader.Parse(encoded).Samples;
        var rented = ArrayPool<byte>.Shared.Rent(encoded.Length + target.Length);
        try
        {
            var stream = rented.AsSpan(0, encoded.Length);
            encoded.CopyTo(stream);
            var pixels = channels == 1 ? target : rented.AsSpan(encoded.Length, target.Length);
            PngImage.Decode(stream, pixels);
            if (channels > 1)
                Separate(pixels, channels, target);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Separate(ReadOnlySpan<byte> pixels, int channels, Span<byte> target)
    {
        var plane = target.Length / channels;
        for (var channel = 0; channel < channels; channel++)
        {
            var to = target.Slice(channel * plane, plane);
            for (int from = channel * voxelBytes, at = 0; at < plane; from += channels * voxelBytes, at += voxelBytes)
            {
                to[at] = pixels[from];
                if (voxelBytes == 2)
                    to[at + 1] = pixels[from + 1];
            }
        }
    }
}
