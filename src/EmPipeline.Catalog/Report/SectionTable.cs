using System.Globalization;
using System.Text;

namespace EmPipeline.Catalog.Report;

/// <summary>The sections of a dataset that something is wrong with.</summary>
internal static class SectionTable
{
    // A page is read by a person; the rest is a query away.
    private const int Most = 100;

    public static void Append(StringBuilder page, IReadOnlyList<SectionRow> sections)
    {
        if (sections.Count == 0)
            return;
        var flagged = sections.Where(section => section.Flags is not null).ToList();
        page.Append(CultureInfo.InvariantCulture, $"<h3>Sections</h3>\n<p class=\"note\">{Summary(sections.Count, flagged)}</p>\n");
        if (flagged.Count == 0)
            return;
        page.Append("<div class=\"scroll levels\"><table>\n<thead><tr><th>Section, z</th><th>What is wrong</th><th>Mean</th><th>Deviation</th><th>Blank</th><th>Sharpness</th><th>Correlation with the one before</th><th>Shift y, x, voxels</th></tr></thead>\n<tbody>\n");
        foreach (var section in flagged.Take(Most))
        {
            var measured = section.Measured;
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{section.Index}</th>");
            ReportPage.AppendCell(page, section.Flags!.Replace(",", ", ", StringComparison.Ordinal));
            ReportPage.AppendCell(page, Text(measured.Mean, "0.#"));
            ReportPage.AppendCell(page, Text(measured.StandardDeviation, "0.#"));
            ReportPage.AppendCell(page, Text(measured.BlankShare, "0.# %"));
            ReportPage.AppendCell(page, Text(measured.Sharpness, "0.#"));
            ReportPage.AppendCell(page, Text(measured.Correlation, "0.000"));
            ReportPage.AppendCell(page, measured.ShiftY is null ? null : $"{Text(measured.ShiftY, "0.0")}, {Text(measured.ShiftX, "0.0")}");
            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
        if (flagged.Count > Most)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">And {flagged.Count - Most:#,0} more: <code>SELECT * FROM sections WHERE flags IS NOT NULL</code>.</p>\n");
    }

    private static string Summary(int count, List<SectionRow> flagged)
    {
        if (flagged.Count == 0)
            return string.Create(CultureInfo.InvariantCulture, $"Nothing is wrong with any of {count:#,0}.");
        var kinds = flagged.SelectMany(section => section.Flags!.Split(',')).CountBy(flag => flag).OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"Something is wrong with {flagged.Count:#,0} of {count:#,0}: {string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"))}.");
    }

    private static string? Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture);
}
