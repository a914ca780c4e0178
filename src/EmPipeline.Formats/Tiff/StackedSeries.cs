using EmPipeline.Formats.Tiff.Metadata;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>Series whose stacking the first page's description states: ImageJ's and tifffile's.</summary>
internal static class StackedSeries
{
    /// <summary>The stack or hyperstack of an ImageJ file; null when its pages are not what the description says.</summary>
    /// <exception cref="EmException">Planes without directories of their own are cut off.</exception>
    public static async ValueTask<TiffSeries?> OfImageJAsync(ImageJDescription imageJ, List<TiffPage> pages, CancellationToken cancellation)
    {
        var (axes, shape) = imageJ.Stacking() ?? ("z", new NdIndex(imageJ.Images));
        if (pages.Count == imageJ.Images)
            return pages.TrueForAll(page => page.Form.Layout == pages[0].Form.Layout) ? Named(axes, shape, pages) : null;
        return pages.Count == 1 && await IsContiguousAsync(pages[0], imageJ.Images, cancellation) ? Named(axes, shape, pages) with { Contiguous = true } : null;
    }

    /// <summary>The arrays of a file by tifffile, each described on its first page; null when the first page describes none.</summary>
    public static async ValueTask<IReadOnlyList<TiffSeries>?> OfTifffileAsync(List<TiffPage> pages, CancellationToken cancellation)
    {
        var all = new List<TiffSeries>();
        for (var first = 0; first < pages.Count;)
        {
            var layout = pages[first].Form.Layout;
            var description = await pages[first].Directory.TextAsync(TiffTag.ImageDescription, cancellation);
            if (ShapedDescription.Parse(description)?.Stacking((long)layout.Width * layout.Height * layout.Samples) is not { } stacking)
                return null;
            var shape = new NdIndex(stacking.Shape);
            var planes = shape.Volume;
            if (planes <= pages.Count - first && pages.Skip(first).Take((int)planes).All(page => page.Form.Layout == layout))
                all.Add(Named(stacking.Axes, shape, pages.GetRange(first, (int)planes)));
            else if (await IsContiguousAsync(pages[first], planes, cancellation))
                all.Add(Named(stacking.Axes, shape, [pages[first]]) with { Contiguous = true });
            else
                return null;
            first += all[^1].Pages.Count;
        }

        return all.Count == 1 ? all : [.. all.Select((series, i) => series with { Name = $"series[{i}]" })];
    }

    private static TiffSeries Named(string axes, NdIndex shape, IReadOnlyList<TiffPage> pages) => new("", axes, shape, pages);

    /// <summary>Whether the planes lie one behind the other after the first page's pixels.</summary>
    private static async ValueTask<bool> IsContiguousAsync(TiffPage page, long planes, CancellationToken cancellation)
    {
        if (!page.Form.IsDirect || page.Form.IsTiled)
            return false;
        var segments = await page.SegmentsAsync(cancellation);
        var (start, planeBytes) = (segments[0].Offset, page.Form.Layout.DecodedBytes);
        var end = start;
        for (var i = 0L; i < page.Form.SegmentCount; i++)
        {
            if (segments[i].Offset != end)
                return false;
            end += page.Form.StoredRows((int)(i % (page.Form.SegmentsAcross * (long)page.Form.SegmentsDown) / page.Form.SegmentsAcross)) * page.Form.SegmentRowBytes;
        }

        var room = (page.File.Length - start) / planeBytes;
        if (room >= planes)
            return true;
        // One page cut out of a stack by other software keeps the stack's description; a file with room for more was a stack, and is cut off.
        if (room < 2)
            return false;
        throw EmException.Corrupt(
            page.File.Place, $"got room for {room} planes of {planeBytes} bytes from byte {start}, expected the {planes} of the description. The file is truncated.");
    }
}
