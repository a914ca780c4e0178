using System.Globalization;
using System.Text;

namespace EmPipeline.Catalog.Report;

/// <summary>The last run, stage by stage, and beside each how long it took in the runs before.</summary>
internal static class RunSection
{
    private const int MostRuns = 30, Width = 120, Height = 22;

    public static void Append(StringBuilder page, IReadOnlyList<RunRow> runs)
    {
        if (runs.Count == 0)
            return;
        var last = runs[^1].Run;
        var before = runs.Where(row => row.State == RunRow.Done).GroupBy(row => (row.Dataset, row.Stage)).ToDictionary(stage => stage.Key, stage => stage.TakeLast(MostRuns).ToList());
        page.Append(CultureInfo.InvariantCulture, $"<h2>The last run</h2>\n<p class=\"note\">Began {Html.Encode(last)}; what was up to date did not run. The bars are the time that the stage took in this and earlier runs, the last on the right.</p>\n");
        page.Append("<div class=\"scroll\"><table>\n<thead><tr><th>Dataset</th><th>Stage</th><th>Took</th><th>Bytes</th><th>Rate</th><th>Runs</th><th>What</th></tr></thead>\n<tbody>\n");
        foreach (var row in runs.Where(row => row.Run == last))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Html.Encode(row.Dataset)}</th>");
            ReportPage.AppendCell(page, row.Stage);
            ReportPage.AppendCell(page, row.State == RunRow.Done ? $"{row.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s" : row.State);
            ReportPage.AppendCell(page, row.Bytes > 0 ? Html.Bytes(row.Bytes) : null);
            ReportPage.AppendCell(page, row.BytesPerSecond is { } rate ? Html.Bytes(rate) + "/s" : null);
            page.Append("<td>");
            if (before.GetValueOrDefault((row.Dataset, row.Stage)) is { Count: > 1 } trend)
                AppendTrend(page, trend);
            page.Append("</td>");
            ReportPage.AppendCell(page, row.Summary);
            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    private static void AppendTrend(StringBuilder page, List<RunRow> runs)
    {
        var most = Math.Max(runs.Max(row => row.Seconds), 1e-3);
        var step = (double)Width / MostRuns;
        page.Append(CultureInfo.InvariantCulture, $"<svg class=\"trend\" role=\"img\" aria-label=\"{runs.Count} runs, the longest {most:0.0} s\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\">");
        for (var i = 0; i < runs.Count; i++)
        {
            var height = Math.Max(1, runs[i].Seconds / most * Height);
            page.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Width - ((runs.Count - i) * step):0.#}\" y=\"{Height - height:0.#}\" width=\"{step - 1:0.#}\" height=\"{height:0.#}\"><title>{Html.Encode(runs[i].Run)}: {runs[i].Seconds:0.0} s</title></rect>");
        }

        page.Append("</svg>");
    }
}
