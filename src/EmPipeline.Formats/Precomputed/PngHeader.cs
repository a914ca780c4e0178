using System.Buffers.Binary;

namespace EmPipeline.Formats.Precomputed;

/// <summary>The IHDR chunk of a PNG (W3C PNG specification, 11.2.1).</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, int Channels)
{
    /// <summary>Signature, and the IHDR chunk with its length, type and checksum.</summary>
    public const int Bytes = 8 + 25;

    /// <exception cref="InvalidDataException">The bytes are no PNG.</exception>
    /// <exception cref="NotSupportedException">Palettes, samples of less than 8 bits, interlacing.</exception>
    public static PngHeader Read(ReadOnlySpan<byte> png)
    {
        if (png.Length < Bytes || !png.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]) || !png[12..].StartsWith("IHDR"u8))
            throw new InvalidDataException("got no PNG signature, expected a PNG image");
        var width = BinaryPrimitives.ReadUInt32BigEndian(png[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(png[20..]);
        var (depth, color, interlace) = (png[24], png[25], png[28]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            throw new InvalidDataException($"got a PNG of {width}×{height}, expected 1 to {int.MaxValue} pixels each way");
        var channels = color switch { 0 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
        if (channels == 0 || depth is not (8 or 16) || interlace != 0)
            throw new NotSupportedException($"PNG of colour type {color}, {depth} bits, interlace {interlace}");
        return new PngHeader((int)width, (int)height, depth, channels);
    }
}
