using EmPipeline.Formats.Images;

namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>
/// One strip or tile of TIFF's own JPEG (TIFF technical note 2): tables that all segments share are in tag 347, and the tag
/// PhotometricInterpretation, not the stream, says whether three components are YCbCr or RGB.
/// </summary>
internal static class JpegSegment
{
    private const byte Start = 0xD8;
    private const byte EndOfImage = 0xD9;

    // An Adobe marker is how a JPEG stream itself states its colour space; the last byte is 0 for RGB and 1 for YCbCr.
    private static ReadOnlySpan<byte> AdobeMarker => [0xFF, 0xEE, 0, 14, (byte)'A', (byte)'d', (byte)'o', (byte)'b', (byte)'e', 0, 100, 0, 0, 0, 0];

    /// <summary>Decodes into <paramref name="rows"/> × <paramref name="width"/> × <paramref name="samples"/> bytes.</summary>
    /// <param name="tables">The value of tag 347, or null.</param>
    /// <exception cref="InvalidDataException">Not a JPEG stream of this width with at least this many rows.</exception>
    public static void Decode(ReadOnlySpan<byte> source, byte[]? tables, bool yCbCr, Span<byte> target, int width, int rows, int samples)
    {
        var stream = Assemble(source, tables, samples == 3 ? yCbCr : null);
        if (samples is 1 or 3)
        {
            JpegImage.Decode(stream, target, width, rows, samples);
            return;
        }

        // Skia makes colours of four components, and takes no two.
        var header = JpegImage.Header(stream);
        if (header.Width != width || header.Height < rows || header.Samples != samples)
            throw new InvalidDataException($"got JPEG of {header.Height}×{header.Width} pixels of {header.Samples} samples, expected {rows}×{width} of {samples}.");
        if (LibTiffSegment.DecodeJpeg(stream, width, rows, samples, target) < target.Length)
            throw new InvalidDataException("got a damaged JPEG stream.");
    }

    /// <summary>A stream that stands alone: start, colour space, shared tables, and the segment without what would contradict these.</summary>
    private static byte[] Assemble(ReadOnlySpan<byte> source, byte[]? tables, bool? yCbCr)
    {
        var stream = new MemoryStream(source.Length + (tables?.Length ?? 0) + AdobeMarker.Length + 3);
        stream.Write([0xFF, Start]);
        if (yCbCr is { } transform)
        {
            stream.Write(AdobeMarker);
            stream.WriteByte(transform ? (byte)1 : (byte)0);
        }

        if (tables is not null)
            CopyMarkers(tables, stream);
        CopyMarkers(source, stream);
        return stream.ToArray();
    }

    /// <summary>Copies a stream without its start and end markers and without application markers, which could state a colour space.</summary>
    private static void CopyMarkers(ReadOnlySpan<byte> source, MemoryStream stream)
    {
        if (source.Length < 2 || source[0] != 0xFF || source[1] != Start)
            throw new InvalidDataException("got no JPEG start marker, expected FF D8.");
        var position = 2;
        while (position + 4 <= source.Length && source[position] == 0xFF)
        {
            var marker = source[position + 1];
            if (marker == 0xFF)
            {
                position++;
                continue;
            }

            if (marker == EndOfImage)
                return;
            var length = 2 + ((source[position + 2] << 8) | source[position + 3]);
            if (position + length > source.Length)
                throw new InvalidDataException($"got a JPEG marker of {length} bytes at {position}, expected it to end by {source.Length}.");
            const byte StartOfScan = 0xDA;
            if (marker == StartOfScan)
            {
                // Pixels, and for progressive streams further tables and scans: all the rest.
                stream.Write(source[position..]);
                return;
            }

            var isApplication = marker is >= 0xE0 and <= 0xEF;
            if (!isApplication)
                stream.Write(source.Slice(position, length));
            position += length;
        }
    }
}
