using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Images;

/// <summary>The IHDR chunk of a PNG stream.</summary>
/// <param name="Bits">Of one sample: 1, 2, 4, 8 or 16.</param>
internal readonly record struct PngHeader(int Width, int Height, int Bits, PngColour Colour, bool Interlaced)
{
    /// <summary>Signature and IHDR.</summary>
    public const int Length = 33;

    private const int NameAt = 12;
    private const int DataAt = 16;

    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public int Samples => Colour switch
    {
        PngColour.Rgb => 3,
        PngColour.GrayAlpha => 2,
        PngColour.RgbAlpha => 4,
        _ => 1,
    };

    /// <summary>Samples below 8 bits are read as they are, not spread to 0..255; a palette's are its indices.</summary>
    public VoxelType Type => Bits == 1 ? VoxelType.Boolean : Bits <= 8 ? VoxelType.UInt8 : VoxelType.UInt16;

    /// <summary>Bytes of a row of <paramref name="width"/> pixels, packed as stored, without the filter byte before it.</summary>
    public long RowBytes(int width) => (((long)width * Samples * Bits) + 7) / 8;

    /// <summary>From a byte to the one that its filter looks back at.</summary>
    public int FilterDistance => Math.Max(1, Samples * Bits / 8);

    /// <exception cref="InvalidDataException">Not the start of a PNG stream, or one that the format does not allow.</exception>
    public static PngHeader Parse(ReadOnlySpan<byte> head)
    {
        if (head.Length < Length || !head.StartsWith(Signature) || !head[NameAt..].StartsWith("IHDR"u8))
            throw new InvalidDataException("got no PNG signature and IHDR chunk, expected these first.");
        var data = head[DataAt..];
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
        var (bits, colour) = (data[8], (PngColour)data[9]);
        var allowed = colour switch
        {
            PngColour.Gray => bits is 1 or 2 or 4 or 8 or 16,
            PngColour.Palette => bits is 1 or 2 or 4 or 8,
            PngColour.Rgb or PngColour.GrayAlpha or PngColour.RgbAlpha => bits is 8 or 16,
            _ => false,
        };
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue || !allowed || data[10] != 0 || data[11] != 0 || data[12] > 1)
            throw new InvalidDataException($"got PNG of {height}×{width} pixels, {bits} bits, colour type {(int)colour}, methods {data[10]}, {data[11]}, {data[12]}, expected values that PNG defines.");
        return new PngHeader((int)width, (int)height, bits, colour, data[12] == 1);
    }
}
