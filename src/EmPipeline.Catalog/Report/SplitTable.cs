using System.Globalization;
using System.Text;

namespace EmPipeline.Catalog.Report;

/// <summary>The splits of a dataset: how many blocks are of each part.</summary>
internal static class SplitTable
{
    public static void Append(StringBuilder page, IReadOnlyList<SplitSummary> splits)
    {
        if (splits.Count == 0)
            return;
        page.Append("<h3>Splits</h3>\n<p class=\"note\">Blocks to train on; those along a border are of no part.</p>\n<div class=\"scroll levels\"><table>\n<thead><tr><th>Split</th><th>Part</th><th>Blocks</th></tr></thead>\n<tbody>\n");
        foreach (var part in splits)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Html.Encode(part.Split)}</th>");
            ReportPage.AppendCell(page, part.Part);
            ReportPage.AppendCell(page, part.Blocks.ToString("#,0", CultureInfo.InvariantCulture));
            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }
}
