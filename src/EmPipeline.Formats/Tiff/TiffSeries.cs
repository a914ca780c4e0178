using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>Pages of one layout that together are one array.</summary>
/// <param name="Axes">The axes along which the pages are stacked, slowest first ("z", "tzc"); "" for a single page.</param>
/// <param name="Shape">Their extents.</param>
/// <param name="Pages">In C order of those axes; null where a plane is nowhere in the file. One page only where <paramref name="Contiguous"/>.</param>
/// <param name="Contiguous">All planes lie behind the first page's, without directories of their own (ImageJ above 4 GiB).</param>
internal sealed record TiffSeries(string Name, string Axes, NdIndex Shape, IReadOnlyList<TiffPage?> Pages, bool Contiguous = false)
{
    public TiffPage First => Pages.First(page => page is not null)!;

    /// <summary>The page at this position and how many bytes its pixels lie behind where its directory says.</summary>
    /// <exception cref="EmException">The file does not hold this plane.</exception>
    public (TiffPage Page, long Shift) Plane(long index)
    {
        if (Contiguous)
            return (First, index * First.Form.Layout.DecodedBytes);
        return Pages[(int)index] is { } page
            ? (page, 0)
            : throw EmException.Corrupt(First.File.Place, $"got no plane {index} of {Shape} ({Axes}), expected the description's planes to be in the file.");
    }

    /// <summary>All pages as a stack along z, or one page as it is.</summary>
    public static TiffSeries Stack(string name, IReadOnlyList<TiffPage> pages) => pages.Count == 1
        ? new TiffSeries(name, "", new NdIndex(), pages)
        : new TiffSeries(name, "z", new NdIndex(pages.Count), pages);
}
