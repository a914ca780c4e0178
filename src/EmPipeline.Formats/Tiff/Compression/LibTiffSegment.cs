using BitMiracle.LibTiff.Classic;
using LibTag = BitMiracle.LibTiff.Classic.TiffTag;
using LibTiff = BitMiracle.LibTiff.Classic.Tiff;

namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>
/// Strips and tiles that LibTiff.NET decodes, which is given each as a file of its own: CCITT bilevel compression (modified Huffman, fax
/// groups 3 and 4), which masks come in, and JPEG of two or four samples.
/// </summary>
internal static class LibTiffSegment
{
    /// <summary>The most bytes that one byte of input may become: group 4 repeats a row with one bit, and no fax has wider ones than 2^17 pixels.</summary>
    public const int FaxMaxExpansion = 1 << 14;

    // Bits 0 to 2 of tag 292: two-dimensional coding, uncompressed mode, fill bits.
    private const int Group3Options = 7;

    // LibTiff.NET keeps one handler for the whole process, and its own writes to the console.
    static LibTiffSegment() => LibTiff.SetErrorHandler(new Silent());

    /// <summary>Decodes CCITT streams; runs of black are ones.</summary>
    /// <param name="source">Highest bit first.</param>
    /// <param name="options">Tag 292 for group 3; 0 for the others.</param>
    /// <param name="target">Rows of <paramref name="width"/> bits, each from a whole byte on.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    public static int DecodeFax(ReadOnlySpan<byte> source, TiffCompression compression, int options, int width, int rows, Span<byte> target) =>
        Decode(source, target, width, rows, writer =>
        {
            writer.SetField(LibTag.BITSPERSAMPLE, 1);
            writer.SetField(LibTag.SAMPLESPERPIXEL, 1);
            writer.SetField(LibTag.PHOTOMETRIC, Photometric.MINISWHITE);
            writer.SetField(LibTag.FILLORDER, BitMiracle.LibTiff.Classic.FillOrder.MSB2LSB);
            writer.SetField(LibTag.COMPRESSION, (BitMiracle.LibTiff.Classic.Compression)(int)compression);
            if (compression == TiffCompression.CcittGroup3)
                writer.SetField(LibTag.GROUP3OPTIONS, (Group3Opt)(options & Group3Options));
        });

    /// <summary>Decodes a JPEG stream that stands alone, of any number of samples, without a change of colours.</summary>
    /// <returns>The bytes written.</returns>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    public static int DecodeJpeg(byte[] source, int width, int rows, int samples, Span<byte> target) =>
        Decode(source, target, width, rows, writer =>
        {
            writer.SetField(LibTag.BITSPERSAMPLE, 8);
            writer.SetField(LibTag.SAMPLESPERPIXEL, samples);
            writer.SetField(LibTag.PLANARCONFIG, PlanarConfig.CONTIG);
            // Anything but YCbCr: LibTiff.NET leaves such samples alone.
            writer.SetField(LibTag.PHOTOMETRIC, Photometric.SEPARATED);
            writer.SetField(LibTag.COMPRESSION, BitMiracle.LibTiff.Classic.Compression.JPEG);
        });

    private static int Decode(ReadOnlySpan<byte> source, Span<byte> target, int width, int rows, Action<LibTiff> describe)
    {
        try
        {
            var file = new MemoryStream();
            using (var writer = Open("w", file))
            {
                writer.SetField(LibTag.IMAGEWIDTH, width);
                writer.SetField(LibTag.IMAGELENGTH, rows);
                writer.SetField(LibTag.ROWSPERSTRIP, rows);
                describe(writer);
                writer.WriteRawStrip(0, source.ToArray(), source.Length);
            }

            using var reader = Open("r", new MemoryStream(file.ToArray()));
            var decoded = new byte[target.Length];
            var written = Math.Max(0, reader.ReadEncodedStrip(0, decoded, 0, decoded.Length));
            decoded.AsSpan(0, written).CopyTo(target);
            return written;
        }
        catch (Exception e) when (e is not (InvalidDataException or OutOfMemoryException))
        {
            // LibTiff.NET throws whatever meets it in a damaged stream: indices out of range, overflows, null references.
            throw new InvalidDataException($"got a damaged stream ({e.Message}).", e);
        }
    }

    private static LibTiff Open(string mode, Stream file) =>
        LibTiff.ClientOpen("segment", mode, file, new TiffStream()) ?? throw new InvalidDataException("got a strip that LibTiff.NET does not open.");

    private sealed class Silent : TiffErrorHandler
    {
        public override void ErrorHandler(LibTiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(LibTiff tif, string method, string format, params object[] args)
        {
        }
    }
}
