using System.IO.Compression;
using EmPipeline.Formats.Images;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>Undoes the compression of one strip or tile; predictor, byte order and packing come after it.</summary>
internal static class SegmentDecompressor
{
    // deflate: 258 bytes from two bits; zstd: a block of 128 KiB from four bytes.
    private const int DeflateMaxExpansion = 1032;
    private const int ZstdMaxExpansion = 1 << 16;

    /// <summary>Whether so few bytes can be this segment at all: asked before memory is taken for it.</summary>
    public static bool IsPossible(TiffCompression compression, long compressed, long decoded)
    {
        var expansion = compression switch
        {
            TiffCompression.Lzw => Lzw.MaxExpansion,
            TiffCompression.PackBits => PackBits.MaxExpansion,
            TiffCompression.Jpeg => JpegImage.MaxExpansion,
            TiffCompression.Zstd => ZstdMaxExpansion,
            TiffCompression.CcittHuffman or TiffCompression.CcittGroup3 or TiffCompression.CcittGroup4 => LibTiffSegment.FaxMaxExpansion,
            _ => DeflateMaxExpansion,
        };
        return decoded / expansion <= compressed;
    }

    /// <summary>Decodes <paramref name="source"/> into <paramref name="target"/>; returns the bytes written.</summary>
    /// <exception cref="InvalidDataException">The source is damaged.</exception>
    public static int Decode(TiffCompression compression, ReadOnlySpan<byte> source, Span<byte> target) => compression switch
    {
        TiffCompression.Lzw => Lzw.Decode(source, target),
        TiffCompression.PackBits => PackBits.Decode(source, target),
        TiffCompression.Zstd => ZstdCodec.Default.Decode(source, target),
        TiffCompression.AdobeDeflate or TiffCompression.Deflate => DecodeDeflate(source, target),
        _ => throw EmException.Unsupported("TIFF", $"compression {(int)compression}"),
    };

    private static unsafe int DecodeDeflate(ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (byte* start = source)
        {
            using var compressed = new UnmanagedMemoryStream(start, source.Length);
            using var inflate = new ZLibStream(new EndMarkedStream(compressed), CompressionMode.Decompress);
            try
            {
                var written = inflate.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
                // At the end the checksum is compared. Some writers fill up the last strip, so more than is needed is no error.
                _ = inflate.ReadByte();
                return written;
            }
            catch (InvalidDataException e)
            {
                // The framework speaks of "archive entries".
                throw new InvalidDataException("got a damaged deflate stream, or one without its checksum.", e);
            }
        }
    }
}
