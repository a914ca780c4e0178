using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>Where the strips or tiles of one page lie in the file.</summary>
internal sealed class TiffSegments
{
    private readonly long[] _offsets;
    private readonly long[]? _lengths;
    private readonly long _stride;

    private TiffSegments(long[] offsets, long[]? lengths, long stride) => (_offsets, _lengths, _stride) = (offsets, lengths, stride);

    /// <summary>How many places are kept.</summary>
    public long Count => _offsets.Length;

    /// <summary>Each segment ends where the next one begins.</summary>
    public bool AreContiguous => _lengths is null;

    /// <summary>A segment's place; length 0 marks one that was never written and reads as zeros (sparse files).</summary>
    public (long Offset, long Length) this[long index] => _lengths is null
        ? (_offsets[0] + (index * _stride), _stride)
        : (_offsets[index], _lengths[index]);

    /// <exception cref="EmException">Fewer places than segments, or a place outside the file.</exception>
    public static async ValueTask<TiffSegments> ReadAsync(TiffPage page, CancellationToken cancellation)
    {
        var directory = await page.Directory.LoadedAsync(cancellation);
        var offsets = await directory.NumbersAsync(TiffTag.TileOffsets, cancellation) ?? await directory.NumbersAsync(TiffTag.StripOffsets, cancellation)
            ?? throw EmException.Corrupt(directory.Place, "got neither StripOffsets nor TileOffsets, expected one.");
        var lengths = await directory.NumbersAsync(TiffTag.TileByteCounts, cancellation) ?? await directory.NumbersAsync(TiffTag.StripByteCounts, cancellation);
        var needed = page.Form.SegmentCount;
        if (offsets.Length < needed)
            throw EmException.Corrupt(directory.Place, $"got {offsets.Length} strips or tiles, expected {needed} for {page.Form.Layout.Height}×{page.Form.Layout.Width} pixels.");
        return page.Form.Compression == TiffCompression.None ? Uncompressed(page, offsets, lengths) : Compressed(page, offsets, lengths);
    }

    /// <summary>The sizes follow from the pixels; stated ones only tell of truncation.</summary>
    private static TiffSegments Uncompressed(TiffPage page, long[] offsets, long[]? stated)
    {
        var (file, needed) = (page.File, page.Form.SegmentCount);
        var lengths = new long[needed];
        var perPlane = (long)page.Form.SegmentsAcross * page.Form.SegmentsDown;
        for (var i = 0L; i < needed; i++)
        {
            // Sparse files leave place and size at 0.
            if (offsets[i] == 0)
                continue;
            lengths[i] = page.Form.StoredRows((int)(i % perPlane / page.Form.SegmentsAcross)) * page.Form.SegmentRowBytes;
            // Writers of stacks above 4 GiB, and some others, state a wrong size where there is only one strip; libtiff ignores it then, too.
            if (needed > 1 && stated is not null && i < stated.Length && stated[i] > 0 && stated[i] < lengths[i])
            {
                throw EmException.Corrupt(
                    $"{page.Directory.Place} strip or tile {i}", $"got {stated[i]} bytes, expected {lengths[i]} for its pixels without compression.");
            }

            file.CheckInside(offsets[i], lengths[i], $"strip or tile {i} of page {page.Directory.Index}");
        }

        return IsRegular(offsets, lengths) ? new TiffSegments([offsets[0]], null, lengths[0]) : new TiffSegments(offsets, lengths, 0);
    }

    /// <summary>Sizes as stated; where they are missing a segment reaches to the next one.</summary>
    private static TiffSegments Compressed(TiffPage page, long[] offsets, long[]? lengths)
    {
        // A size of 0 beside others marks a segment that was never written; where all are 0 the writer did not know them.
        if (lengths is null || lengths.Length < page.Form.SegmentCount || Array.TrueForAll(lengths, length => length == 0))
        {
            var ends = offsets.Append(page.File.Length).Order().ToArray();
            lengths = Array.ConvertAll(offsets, offset => NextAfter(ends, offset) - offset);
        }

        for (var i = 0L; i < page.Form.SegmentCount; i++)
        {
            if (offsets[i] != 0 && lengths[i] != 0)
                page.File.CheckInside(offsets[i], lengths[i], $"strip or tile {i} of page {page.Directory.Index}");
            else
                lengths[i] = 0;
        }

        return new TiffSegments(offsets, lengths, 0);
    }

    private static long NextAfter(long[] sorted, long offset)
    {
        var at = Array.BinarySearch(sorted, offset + 1);
        at = at >= 0 ? at : ~at;
        return at < sorted.Length ? sorted[at] : offset;
    }

    /// <summary>Strips that follow one another need no table: most files, and the whole of a stack of many small strips.</summary>
    private static bool IsRegular(long[] offsets, long[] lengths)
    {
        for (var i = 0; i < lengths.Length; i++)
        {
            // The last strip may be shorter, nothing comes after it.
            var whole = lengths[i] == lengths[0] || (i == lengths.Length - 1 && lengths[i] < lengths[0]);
            if (offsets[i] == 0 || offsets[i] != offsets[0] + (i * lengths[0]) || !whole)
                return false;
        }

        return true;
    }
}
