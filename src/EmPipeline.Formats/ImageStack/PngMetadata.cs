using System.Buffers.Binary;
using System.Text;
using EmPipeline.Formats.Images;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.ImageStack;

/// <summary>The chunks before the pixels that state something: texts and the pixel density.</summary>
internal static class PngMetadata
{
    // As with TIFF's resolution tags: only a pixel below a micrometre can be an electron microscope's, the rest is for printers.
    private const double LargestPixel = 1000;
    private const byte Metre = 1;

    /// <param name="head">The start of the stream; a chunk that it cuts off is left out.</param>
    public static (VoxelSize Size, List<MetadataValue> Metadata) Read(ReadOnlySpan<byte> head)
    {
        var (size, metadata) = (VoxelSize.Unknown, new List<MetadataValue>());
        for (var position = PngHeader.Signature.Length; position + 12 <= head.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(head[position..]);
            var name = head.Slice(position + 4, 4);
            if (length > head.Length - position - 12 || name.SequenceEqual("IDAT"u8))
                break;
            var data = head.Slice(position + 8, (int)length);
            if (name.SequenceEqual("pHYs"u8) && data is [_, _, _, _, _, _, _, _, Metre])
                size = new VoxelSize(null, Pixel(data[4..]), Pixel(data));
            else if (name.SequenceEqual("tEXt"u8) && data.IndexOf((byte)0) is > 0 and var end)
                metadata.Add(new MetadataValue(Encoding.Latin1.GetString(data[..end]), Encoding.Latin1.GetString(data[(end + 1)..]), "tEXt"));
            position += 12 + (int)length;
        }

        return (size, metadata);
    }

    private static double? Pixel(ReadOnlySpan<byte> perMetre)
    {
        var nanometres = 1e9 / BinaryPrimitives.ReadUInt32BigEndian(perMetre);
        return nanometres < LargestPixel ? nanometres : null;
    }
}
