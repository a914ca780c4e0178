using System.Globalization;
using System.Text;

namespace EmPipeline.Catalog.Report;

/// <summary>The quality of a dataset's sections along z: brightness and sharpness as lines, a mark at each flagged section, and the first of those by name.</summary>
internal static class SectionStrip
{
    private const int Width = 1000, Height = 76, MostPoints = 500, Named = 24;

    public static void Append(StringBuilder page, IReadOnlyList<SectionRow> sections)
    {
        if (sections.Count == 0)
            return;
        var flagged = sections.Where(section => section.Flags is not null).ToList();
        var title = flagged.Count == 0
            ? $"{sections.Count.ToString("#,0", CultureInfo.InvariantCulture)} sections along z, none flagged"
            : string.Create(CultureInfo.InvariantCulture, $"{sections.Count:#,0} sections along z, {flagged.Count:#,0} flagged");
        page.Append(CultureInfo.InvariantCulture, $"<figure class=\"sections\"><figcaption>{title}. <span class=\"mean\">Mean grey value</span>, <span class=\"sharp\">sharpness</span>, <span class=\"flag\">flags</span></figcaption>");
        page.Append(CultureInfo.InvariantCulture, $"<svg role=\"img\" aria-label=\"{title}\" viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=\"none\">");
        var last = sections[^1].Index;
        foreach (var section in flagged)
            page.Append(CultureInfo.InvariantCulture, $"<rect class=\"flag\" x=\"{Place(section.Index, last):0.#}\" y=\"0\" width=\"{Math.Max(2, Width / (double)(last + 1)):0.#}\" height=\"{Height}\"><title>z = {section.Index}: {Html.Encode(section.Flags)}</title></rect>");
        AppendLine(page, "mean", sections, last, section => section.Measured.Mean);
        AppendLine(page, "sharp", sections, last, section => section.Measured.Sharpness);
        page.Append("</svg>");
        if (flagged.Count > 0)
        {
            var names = flagged.Take(Named).Select(section => $"{section.Index.ToString(CultureInfo.InvariantCulture)} {section.Flags}");
            var more = flagged.Count > Named ? $" … and {flagged.Count - Named} more in the table sections" : "";
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">z = {Html.Encode(string.Join(" · ", names))}{more}.</p>");
        }

        page.Append("</figure>\n");
    }

    /// <summary>A line between the least and the largest of its values; of many sections the mean of several a point, and none where nothing was measured.</summary>
    private static void AppendLine(StringBuilder page, string name, IReadOnlyList<SectionRow> sections, long last, Func<SectionRow, double?> value)
    {
        var step = ((sections.Count - 1) / MostPoints) + 1;
        var points = sections.Chunk(step).Select(some => (Index: some[0].Index, Value: some.Average(value))).ToList();
        var (least, most) = (points.Min(point => point.Value), points.Max(point => point.Value));
        if (least is null || most is null)
            return;
        const double Margin = 6;
        page.Append(CultureInfo.InvariantCulture, $"<path class=\"{name}\" d=\"");
        var drawing = false;
        foreach (var (index, at) in points)
        {
            if (at is { } number)
            {
                var share = most > least ? (number - least.Value) / (most.Value - least.Value) : 0.5;
                page.Append(CultureInfo.InvariantCulture, $"{(drawing ? 'L' : 'M')}{Place(index, last):0.#} {Margin + ((1 - share) * (Height - (2 * Margin))):0.#}");
            }

            drawing = at is not null;
        }

        page.Append("\"/>");
    }

    private static double Place(long index, long last) => (double)index / (last + 1) * Width;
}
