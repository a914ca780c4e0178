using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Encoding "png": an image whose rows, laid end to end, are the voxels, x fastest. One component a channel, of 8 or 16 bits. Decoded
/// here because Skia has no exact way to 16-bit samples.
/// </summary>
internal sealed class PngChunk(int voxelBytes) : IChunkDecoder
{
    public NdIndex Measure(ReadOnlySpan<byte> encoded, NdIndex clipped, NdIndex full)
    {
        var header = PngHeader.Read(encoded);
        if (header.Channels != clipped[0] || header.BitDepth != 8 * voxelBytes)
        {
            throw new InvalidDataException(
                $"got a PNG of {header.Channels} × {header.BitDepth} bits a pixel, expected {clipped[0]} × {8 * voxelBytes}");
        }

        return ChunkDecoders.ByPixels((long)header.Width * header.Height, $"a PNG of {header.Width}×{header.Height}", clipped, full);
    }

    public void Decode(ReadOnlySpan<byte> encoded, NdIndex shape, Span<byte> target)
    {
        var header = PngHeader.Read(encoded);
        if (header.Channels == 1)
        {
            PngPixels.Decode(encoded, header, target);
            SwapSamples(target);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(target.Length);
        try
        {
            var pixels = rented.AsSpan(0, target.Length);
            PngPixels.Decode(encoded, header, pixels);
            SwapSamples(pixels);
            Separate(pixels, header.Channels, target);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    // PNG is big-endian.
    private void SwapSamples(Span<byte> samples)
    {
        if (voxelBytes != 2)
            return;
        var words = MemoryMarshal.Cast<byte, ushort>(samples);
        BinaryPrimitives.ReverseEndianness(words, words);
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
