using BitMiracle.LibTiff.Classic;
using LibTag = BitMiracle.LibTiff.Classic.TiffTag;

namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>
/// CCITT bilevel compression (modified Huffman, fax groups 3 and 4), which masks come in: decoded by LibTiff.NET, which is given the one
/// strip or tile as a file of its own. Runs of black are ones.
/// </summary>
internal static class CcittSegment
{
    /// <summary>The most bytes that one byte of input can become: group 4 repeats a whole row with one bit.</summary>
    public const int MaxExpansion = 1 << 20;

    // LibTiff.NET keeps one handler for the whole process, and its own writes to the console.
    static CcittSegment() => BitMiracle.LibTiff.Classic.Tiff.SetErrorHandler(new Silent());

    /// <param name="source">Highest bit first.</param>
    /// <param name="options">Tag 292 for group 3; 0 for the others.</param>
    /// <param name="target">Rows of <paramref name="width"/> bits, each from a whole byte on.</param>
    /// <returns>The bytes written.</returns>
    /// <exception cref="InvalidDataException">The stream is damaged.</exception>
    public static int Decode(ReadOnlySpan<byte> source, TiffCompression compression, int options, int width, int rows, Span<byte> target)
    {
        using var reader = Open("r", new MemoryStream(Wrap(source, compression, options, width, rows)));
        var decoded = new byte[target.Length];
        try
        {
            var written = Math.Max(0, reader.ReadEncodedStrip(0, decoded, 0, decoded.Length));
            decoded.AsSpan(0, written).CopyTo(target);
            return written;
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException)
        {
            // What a damaged stream leads to inside LibTiff.NET.
            throw new InvalidDataException("got a damaged CCITT stream.", e);
        }
    }

    private static byte[] Wrap(ReadOnlySpan<byte> source, TiffCompression compression, int options, int width, int rows)
    {
        var file = new MemoryStream();
        using (var writer = Open("w", file))
        {
            writer.SetField(LibTag.IMAGEWIDTH, width);
            writer.SetField(LibTag.IMAGELENGTH, rows);
            writer.SetField(LibTag.ROWSPERSTRIP, rows);
            writer.SetField(LibTag.BITSPERSAMPLE, 1);
            writer.SetField(LibTag.SAMPLESPERPIXEL, 1);
            writer.SetField(LibTag.PHOTOMETRIC, Photometric.MINISWHITE);
            writer.SetField(LibTag.FILLORDER, BitMiracle.LibTiff.Classic.FillOrder.MSB2LSB);
            writer.SetField(LibTag.COMPRESSION, (BitMiracle.LibTiff.Classic.Compression)(int)compression);
            if (compression == TiffCompression.CcittGroup3)
                writer.SetField(LibTag.GROUP3OPTIONS, (Group3Opt)options);
            writer.WriteRawStrip(0, source.ToArray(), source.Length);
        }

        return file.ToArray();
    }

    private static BitMiracle.LibTiff.Classic.Tiff Open(string mode, Stream file) =>
        BitMiracle.LibTiff.Classic.Tiff.ClientOpen("segment", mode, file, new TiffStream())
        ?? throw new InvalidDataException("got a strip that LibTiff.NET does not open.");

    private sealed class Silent : TiffErrorHandler
    {
        public override void ErrorHandler(BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args)
        {
        }

        public override void WarningHandler(BitMiracle.LibTiff.Classic.Tiff tif, string method, string format, params object[] args)
        {
        }
    }
}
