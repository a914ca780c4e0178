using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>The grid of strips or tiles of a page.</summary>
internal static class TiffGrid
{
    /// <summary>The segments of one plane that a box of pixels (y, x, sample) touches.</summary>
    /// <returns>Index over the whole page, the box that is stored (a tile's padding included), and the part of it that is image.</returns>
    public static IEnumerable<(long Segment, Box Stored, Box Valid)> Touched(TiffPage page, int plane, Box pixels)
    {
        var layout = page.Form.Layout;
        var image = Box.Whole(new NdIndex(layout.Height, layout.Width, layout.SamplesPerPlane));
        var (top, bottom) = ((int)(pixels.Origin[0] / page.Form.SegmentHeight), (int)((pixels.End[0] - 1) / page.Form.SegmentHeight));
        var (left, right) = ((int)(pixels.Origin[1] / page.Form.SegmentWidth), (int)((pixels.End[1] - 1) / page.Form.SegmentWidth));
        var first = (long)plane * page.Form.SegmentsAcross * page.Form.SegmentsDown;
        for (var down = top; down <= bottom; down++)
        {
            for (var across = left; across <= right; across++)
            {
                var stored = new Box(
                    new NdIndex((long)down * page.Form.SegmentHeight, (long)across * page.Form.SegmentWidth, 0),
                    new NdIndex(page.Form.StoredRows(down), page.Form.SegmentWidth, layout.SamplesPerPlane));
                yield return (first + ((long)down * page.Form.SegmentsAcross) + across, stored, stored.Intersect(image));
            }
        }
    }
}
