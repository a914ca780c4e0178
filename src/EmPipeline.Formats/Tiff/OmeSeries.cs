using EmPipeline.Formats.Tiff.Metadata;

namespace EmPipeline.Formats.Tiff;

/// <summary>The images of an OME-TIFF file or set of files.</summary>
internal static class OmeSeries
{
    // Elements may overlap, each to the last plane: a bound on time.
    private const long MostPlaced = 1 << 22;

    /// <summary>One series an image; null when the description does not fit the pages.</summary>
    public static async ValueTask<IReadOnlyList<DescribedSeries>?> BuildAsync(
        TiffFile file, IReadOnlyList<OmeImage> images, List<TiffPage> pages, CancellationToken cancellation)
    {
        var names = images.SelectMany(image => image.Data).Select(data => data.FileName).Distinct().ToList();
        var files = new OmeFiles(file, pages, names.Count == 1 ? names[0] : null);
        var described = new List<DescribedSeries>();
        // Images do not share planes: more of them than there are pages is no description of these.
        var planes = 0L;
        foreach (var image in images)
        {
            if (await SeriesAsync(image, images.Count, files, cancellation) is not { } series || (planes += series.Pages.Count) > files.OpenedPages)
                return null;
            described.Add(new DescribedSeries(series, image.Size, []));
        }

        return described;
    }

    private static async ValueTask<TiffSeries?> SeriesAsync(OmeImage image, int images, OmeFiles files, CancellationToken cancellation)
    {
        var data = image.Data.Count > 0 ? image.Data : [new OmeTiffData(null, null, 0, 0, 0, null)];
        if (await files.PageAsync(data[0].FileName, data[0].Ifd ?? 0, cancellation) is not { } first)
            return null;
        var layout = first.Form.Layout;
        var samples = layout.IsComplex ? layout.Samples / 2 : layout.Samples;
        if (layout.Width != image.SizeX || layout.Height != image.SizeY || image.Planes(samples) > int.MaxValue)
            return null;
        // Memory follows from the pages there are: a description may claim any number of planes.
        var planes = (int)image.Planes(samples);
        if (planes > await files.CountAsync(data, cancellation))
            return null;
        var pages = new TiffPage?[planes];
        var placed = 0L;
        foreach (var run in data)
        {
            if (image.Position(run, samples) is not { } position)
                return null;
            // With neither position nor count all planes are in order; with a position alone it is one plane.
            var count = run.PlaneCount ?? (run.Ifd is null ? planes - position : 1);
            for (var i = 0L; i < count && position + i < planes; i++)
            {
                if (++placed > MostPlaced || await files.PageAsync(run.FileName, (run.Ifd ?? 0) + i, cancellation) is not { } page || page.Form.Layout != layout)
                    return null;
                pages[position + i] = page;
            }
        }

        var (axes, shape) = image.Stacking(samples);
        return new TiffSeries(images == 1 ? "" : image.Name ?? "", axes, shape, pages);
    }
}
