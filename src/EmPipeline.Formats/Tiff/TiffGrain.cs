using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>What of a series is decoded together, and what is read together.</summary>
internal static class TiffGrain
{
    // A read of some megabytes makes a page one read, and keeps a huge page from being one.
    private const long DirectBytes = 4 << 20;

    /// <summary>A compressed strip or tile; a row of one that is not compressed, since any row can be read without the others.</summary>
    public static NdIndex Of(TiffSeries series, NdIndex shape) =>
        WithRows(series, shape, series.First.Form.Compression == TiffCompression.None ? 1 : series.First.Form.SegmentHeight);

    /// <summary>A strip or tile; of uncompressed strips as many rows as make a large read, however few a strip has.</summary>
    public static NdIndex AdviceOf(TiffSeries series, NdIndex shape)
    {
        var page = series.First;
        return WithRows(series, shape, page.Form.Compression == TiffCompression.None && !page.Form.IsTiled ? DirectBytes / page.Form.SegmentRowBytes : page.Form.SegmentHeight);
    }

    private static NdIndex WithRows(TiffSeries series, NdIndex shape, long rows)
    {
        var (page, layout) = (series.First, series.First.Form.Layout);
        var grain = NdIndex.Filled(shape.Rank, 1);
        var y = series.Shape.Rank + (layout.Planes > 1 ? 1 : 0);
        grain[y] = Math.Clamp(rows, 1, layout.Height);
        grain[y + 1] = Math.Min(page.Form.SegmentWidth, layout.Width);
        if (y + 2 < shape.Rank)
            grain[y + 2] = layout.SamplesPerPlane;
        return grain;
    }
}
