using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>The block in which a series is read cheaply.</summary>
internal static class TiffGrain
{
    // Uncompressed rows are read as they come: a grain of some megabytes makes a page one read, and keeps a huge page from being one.
    private const long DirectBytes = 4 << 20;

    public static NdIndex Of(TiffSeries series, NdIndex shape)
    {
        var (page, layout) = (series.First, series.First.Layout);
        var grain = NdIndex.Filled(shape.Rank, 1);
        var y = series.Shape.Rank + (layout.Planes > 1 ? 1 : 0);
        var byRow = page.Compression == TiffCompression.None && !page.IsTiled;
        grain[y] = byRow ? Math.Clamp(DirectBytes / page.SegmentRowBytes, 1, layout.Height) : Math.Min(page.SegmentHeight, layout.Height);
        grain[y + 1] = Math.Min(page.SegmentWidth, layout.Width);
        if (y + 2 < shape.Rank)
            grain[y + 2] = layout.SamplesPerPlane;
        return grain;
    }
}
