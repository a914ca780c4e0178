using EmPipeline.Formats.Tiff.Metadata;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>A series, what its description says of the voxel size, and notes on what was found and not used.</summary>
internal readonly record struct DescribedSeries(TiffSeries Series, StatedSize Size, IReadOnlyList<MetadataValue> Notes);

/// <summary>Sorts the pages of a file into arrays: by description where there is one (OME, ImageJ, tifffile), else by what fits together.</summary>
internal static class TiffSeriesBuilder
{
    public static async ValueTask<IReadOnlyList<DescribedSeries>> BuildAsync(TiffFile file, CancellationToken cancellation)
    {
        var directories = await TiffDirectoryChain.ReadAsync(file, cancellation);
        var (pages, notes) = await PagesAsync(directories, cancellation);
        var description = await directories[0].TextAsync(TiffTag.ImageDescription, cancellation);

        if (OmeXml.Parse(description) is { } images)
        {
            if (await OmeSeries.BuildAsync(file, images, pages, cancellation) is { } described)
                return described;
            notes.Add(new MetadataValue("Note", "the OME-XML does not fit the pages of this file; they are read as a plain stack", "tag 270"));
            var size = images.Count == 1 ? images[0].Size : StatedSize.None;
            return [.. Group(pages).Select(plain => new DescribedSeries(plain, size, notes))];
        }
        else if (ImageJDescription.Parse(description) is { } imageJ)
        {
            var size = await imageJ.SizeAsync(directories[0], cancellation);
            if (await StackedSeries.OfImageJAsync(imageJ, pages, cancellation) is { } series)
                return [new DescribedSeries(series, size, notes)];
            return [.. Group(pages).Select(plain => new DescribedSeries(plain, size, notes))];
        }
        else if (await StackedSeries.OfTifffileAsync(pages, cancellation) is { } shaped)
        {
            return [.. shaped.Select(series => new DescribedSeries(series, StatedSize.None, notes))];
        }

        var plain = Group(pages).ToList();
        var nested = await NestedAsync(directories, cancellation);
        if (nested.Count > 0 && plain is [var single])
            plain[0] = single with { Name = $"pages[{single.First.Directory.Index}]" };
        return [.. plain.Concat(nested).Select(series => new DescribedSeries(series, StatedSize.None, notes))];
    }

    /// <summary>Full images in sub-directories: each an array of its own. Reduced ones are renderings of their page.</summary>
    private static async ValueTask<List<TiffSeries>> NestedAsync(List<TiffDirectory> directories, CancellationToken cancellation)
    {
        var nested = new List<TiffSeries>();
        foreach (var parent in directories)
        {
            foreach (var directory in await TiffDirectoryChain.ReadSubAsync(parent, cancellation))
            {
                if ((await directory.NumberAsync(TiffTag.NewSubfileType, 0, cancellation) & 1) == 0)
                    nested.Add(TiffSeries.Stack($"pages[{parent.Index}].sub[{directory.Index}]", [await TiffPage.ReadAsync(directory, null, cancellation)]));
            }
        }

        return nested;
    }

    /// <summary>Pages of one layout are one stack, in the order of the file; each other layout is an array of its own.</summary>
    public static IEnumerable<TiffSeries> Group(IReadOnlyList<TiffPage> pages)
    {
        var groups = pages.GroupBy(page => page.Form.Layout).ToList();
        return groups.Select(group => TiffSeries.Stack(groups.Count == 1 ? "" : $"pages[{group.First().Directory.Index}]", [.. group]));
    }

    /// <summary>The pages that are images: neither thumbnails nor other renderings of one.</summary>
    private static async ValueTask<(List<TiffPage> Pages, List<MetadataValue> Notes)> PagesAsync(
        List<TiffDirectory> directories, CancellationToken cancellation)
    {
        // Olympus writes a preview for viewers first; the image is the page with the measurement tag.
        var images = new List<TiffDirectory>();
        foreach (var directory in directories)
        {
            if (await directory.HasAsync(TiffTag.OlympusSis, cancellation))
                images.Add(directory);
        }

        if (images.Count == 0)
            images = directories;
        var full = new List<TiffDirectory>();
        foreach (var directory in images)
        {
            if ((await directory.NumberAsync(TiffTag.NewSubfileType, 0, cancellation) & 1) == 0)
                full.Add(directory);
        }

        if (full.Count == 0)
            full = images;
        var pages = new List<TiffPage>(full.Count);
        foreach (var directory in full)
            pages.Add(await TiffPage.ReadAsync(directory, pages.LastOrDefault(), cancellation));
        var left = directories.Count - full.Count;
        return (pages, left == 0 ? [] : [new MetadataValue("Pages left out", $"{left} thumbnails or previews", "NewSubfileType, tag 33560")]);
    }
}
