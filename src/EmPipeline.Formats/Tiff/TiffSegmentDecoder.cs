using System.Buffers;
using EmPipeline.Formats.Tiff.Compression;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Tiff;

/// <summary>Makes voxels of the stored bytes of strips and tiles: all that is not read straight.</summary>
internal static class TiffSegmentDecoder
{
    private const int YCbCr = 6;
    private const long LargeBytes = 16 << 20;
    private const int SuspiciousExpansion = 1000;

    /// <summary>
    /// Reads and decodes rows <paramref name="firstRow"/> up to <paramref name="firstRow"/> + <paramref name="rows"/> of a segment.
    /// </summary>
    /// <param name="segment">Index over all planes of the page.</param>
    /// <param name="firstRow">0 where the page is compressed: a compressed segment is decoded whole.</param>
    /// <param name="target">rows × segment width × samples of one plane voxels, C order, little-endian.</param>
    public static async ValueTask DecodeAsync(
        TiffPage page, long segment, long shift, int firstRow, int rows, Memory<byte> target, CancellationToken cancellation)
    {
        var (offset, length) = (await page.SegmentsAsync(cancellation))[segment];
        if (length == 0)
        {
            StridedCopy.FillSpan(target.Span, page.Form.FillValue);
            return;
        }

        var compressed = page.Form.Compression != TiffCompression.None;
        if (!compressed)
            (offset, length) = (offset + (firstRow * page.Form.SegmentRowBytes), rows * page.Form.SegmentRowBytes);
        if (length > Array.MaxLength)
            throw EmException.Unsupported(Place(page, segment, offset), $"a strip or tile of {length} bytes");
        var tables = page.Form.Compression == TiffCompression.Jpeg ? await page.Directory.BytesAsync(TiffTag.JpegTables, cancellation) : null;
        var faxOptions = page.Form.Compression == TiffCompression.CcittGroup3 ? (int)await page.Directory.NumberAsync(TiffTag.T4Options, 0, cancellation) : 0;
        var rented = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var raw = rented.AsMemory(0, (int)length);
            await page.File.ReadAsync(offset + shift, raw, cancellation);
            Decode(page, raw.Span, tables, faxOptions, rows, target.Span);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(page, segment, offset, e.Message, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>To be asked before memory is taken for a compressed segment, which may claim any number of pixels.</summary>
    /// <exception cref="EmException">So few bytes as the segment has cannot become its pixels.</exception>
    public static async ValueTask CheckPossibleAsync(TiffPage page, long segment, int rows, CancellationToken cancellation)
    {
        var (offset, length) = (await page.SegmentsAsync(cancellation))[segment];
        var needed = rows * page.Form.SegmentRowBytes;
        var possible = SegmentDecompressor.IsPossible(page.Form.Compression, length, needed);
        // Any few bytes of zstd may stand for 128 KiB: where that would be needed, the stream itself is looked at.
        if (possible && page.Form.Compression == TiffCompression.Zstd && needed > LargeBytes && needed / SuspiciousExpansion > length)
        {
            var stream = new byte[length];
            await page.File.ReadAsync(offset, stream, cancellation);
            possible = ZstdBound.MaxDecodedLength(stream) >= needed;
        }

        if (!possible)
            throw Damaged(page, segment, offset, $"got {length} bytes, too few to hold {needed} in this compression.");
    }

    private static void Decode(TiffPage page, Span<byte> raw, byte[]? tables, int faxOptions, int rows, Span<byte> target)
    {
        var layout = page.Form.Layout;
        if (page.Form.ReversedBits)
            FillOrder.Reverse(raw);
        if (page.Form.Compression == TiffCompression.Jpeg)
        {
            JpegSegment.Decode(raw, tables, page.Form.Photometric == YCbCr, target, page.Form.SegmentWidth, rows, layout.SamplesPerPlane);
            return;
        }

        if (layout.IsNative)
        {
            Decompress(page, raw, faxOptions, rows, target);
            Restore(page, target);
            return;
        }

        var rowBytes = (int)page.Form.SegmentRowBytes;
        var rented = page.Form.Compression == TiffCompression.None ? null : ArrayPool<byte>.Shared.Rent(rows * rowBytes);
        try
        {
            var packed = rented is null ? raw : rented.AsSpan(0, rows * rowBytes);
            if (rented is not null)
                Decompress(page, raw, faxOptions, rows, packed);
            // Predictor 3 leaves little-endian numbers whatever the file's order.
            if (page.Form.Predictor == 3)
                Restore(page, packed);
            var bigEndian = page.File.Header.BigEndian && page.Form.Predictor != 3;
            var before = page.Form.Predictor == 2 ? new ulong[layout.SamplesPerPlane] : [];
            var (count, targetRow) = (page.Form.SegmentWidth * layout.SamplesPerPlane, target.Length / rows);
            for (var row = 0; row < rows; row++)
                SampleUnpacking.UnpackRow(packed.Slice(row * rowBytes, rowBytes), target.Slice(row * targetRow, targetRow), count, layout, bigEndian, before);
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Decompress(TiffPage page, ReadOnlySpan<byte> raw, int faxOptions, int rows, Span<byte> target)
    {
        if (page.Form.Compression == TiffCompression.None)
        {
            raw.CopyTo(target);
            return;
        }

        var isFax = page.Form.Compression is TiffCompression.CcittHuffman or TiffCompression.CcittGroup3 or TiffCompression.CcittGroup4;
        var written = isFax
            ? LibTiffSegment.DecodeFax(raw, page.Form.Compression, faxOptions, page.Form.SegmentWidth, rows, target)
            : SegmentDecompressor.Decode(page.Form.Compression, raw, target);
        if (written < target.Length)
            throw new InvalidDataException($"got {written} bytes decompressed, expected {target.Length}. The file is damaged.");
    }

    /// <summary>Undoes byte order and predictor, in place.</summary>
    private static void Restore(TiffPage page, Span<byte> rows)
    {
        var (layout, rowBytes) = (page.Form.Layout, (int)page.Form.SegmentRowBytes);
        var bytes = layout.Bits / 8;
        if (page.Form.Predictor == 3)
        {
            Predictor.UndoFloatingPoint(rows, rowBytes, bytes, layout.SamplesPerPlane);
            return;
        }

        if (page.File.Header.BigEndian)
            ByteOrder.Reverse(rows, bytes);
        if (page.Form.Predictor == 2)
            Predictor.UndoHorizontal(rows, rowBytes, bytes, layout.SamplesPerPlane);
    }

    private static string Place(TiffPage page, long segment, long offset) =>
        $"{page.Directory.Place} {(page.Form.IsTiled ? "tile" : "strip")} {segment} at byte {offset}";

    private static EmException Damaged(TiffPage page, long segment, long offset, string problem, Exception? inner = null) =>
        EmException.Corrupt(Place(page, segment, offset), problem, inner);
}
