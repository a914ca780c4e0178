using System.Globalization;
using System.Text;
using EmPipeline.Catalog.Build;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Report;

/// <summary>
/// The catalogue as one page for a microscopist: what is there, whether the numbers are right, what the grey values look like.
/// One file, no scripts, no other resources; the same content gives the same bytes.
/// </summary>
internal static class ReportPage
{
    public static string Render(CatalogContent content, FileTotals totals, IReadOnlyList<BlockSummary> summaries, IReadOnlyList<LabelSummary> labels, IReadOnlyList<SplitSummary> splits)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n");
        page.Append("<title>EmPipeline catalogue</title>\n<style>\n").Append(Style()).Append("</style>\n</head>\n<body>\n<main>\n");
        AppendHead(page, content, totals, summaries);
        AppendDatasetTable(page, content, summaries);
        AppendLeftOut(page, content.LeftOut);
        AppendConflicts(page, content.Conflicts);
        foreach (var dataset in content.Datasets)
            DatasetSection.Append(page, dataset, content, summaries.FirstOrDefault(summary => summary.Dataset == dataset.Name), labels, splits);
        RunSection.Append(page, content.Runs);
        page.Append("</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void AppendHead(StringBuilder page, CatalogContent content, FileTotals totals, IReadOnlyList<BlockSummary> summaries)
    {
        var finest = content.Volumes.Where(volume => volume.Level == 0).ToList();
        page.Append("<header><h1>Catalogue of volumes</h1><dl class=\"tiles\">");
        AppendTile(page, "Datasets", content.Datasets.Count.ToString(CultureInfo.InvariantCulture));
        AppendTile(page, "Voxels, full resolution", finest.Sum(volume => (double)volume.Shape.Volume).ToString("#,0", CultureInfo.InvariantCulture));
        AppendTile(page, "Zarr on disk", Html.Bytes(content.Volumes.Sum(volume => (double)volume.StoredBytes)));
        AppendTile(page, "Source files", Html.Bytes(totals.Bytes));
        AppendTile(page, "Blocks to sample", summaries.Sum(summary => summary.Written).ToString("#,0", CultureInfo.InvariantCulture));
        AppendTile(page, "Conflicts", content.Conflicts.Count.ToString(CultureInfo.InvariantCulture));
        page.Append("</dl></header>\n");
    }

    private static void AppendTile(StringBuilder page, string name, string value) =>
        page.Append(CultureInfo.InvariantCulture, $"<div><dt>{name}</dt><dd>{Html.Encode(value)}</dd></div>");

    private static void AppendDatasetTable(StringBuilder page, CatalogContent content, IReadOnlyList<BlockSummary> summaries)
    {
        page.Append("<h2>Datasets</h2>\n<p class=\"note\">Extents and voxel sizes are z × y × x. Compression is the bytes of the voxels against those on disk; uncompressed shards are whole at the volume's edge too.</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>Dataset</th><th>Shape, voxels</th><th>Voxel size, nm</th><th>Type</th><th>Zarr on disk</th><th>Blocks</th><th>Technique</th><th>Licence</th></tr></thead>\n<tbody>\n");
        foreach (var dataset in content.Datasets)
        {
            var volumes = content.Volumes.Where(volume => volume.Dataset == dataset.Name).ToList();
            var finest = volumes.FirstOrDefault(volume => volume.Level == 0);
            var summary = summaries.FirstOrDefault(summary => summary.Dataset == dataset.Name);
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\"><a href=\"#{Html.Encode(dataset.Name)}\">{Html.Encode(dataset.Name)}</a></th>");
            AppendCell(page, finest is null ? null : Html.Extent(finest.Shape));
            AppendCell(page, finest is null ? null : VoxelSizeText(finest.VoxelSize));
            AppendCell(page, finest?.Type.Name());
            AppendCell(page, volumes.Count == 0 ? null : Html.Bytes(volumes.Sum(volume => (double)volume.StoredBytes)));
            AppendCell(page, summary?.Written.ToString("#,0", CultureInfo.InvariantCulture));
            AppendCell(page, dataset.Technique);
            AppendCell(page, dataset.Licence);
            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    private static void AppendLeftOut(StringBuilder page, IReadOnlyList<LeftOutRecord> leftOut)
    {
        if (leftOut.Count == 0)
            return;
        page.Append("<h2>Left out</h2>\n<p class=\"note\">Datasets of this data folder that are not what their configuration asks for; a run brings them in.</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>Dataset</th><th>Configuration</th><th>Why</th></tr></thead>\n<tbody>\n");
        foreach (var dataset in leftOut)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Html.Encode(dataset.Dataset)}</th><td>{Html.Encode(dataset.Configuration)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{Html.Encode(dataset.Why)}</td></tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    private static void AppendConflicts(StringBuilder page, IReadOnlyList<ConflictRecord> conflicts)
    {
        page.Append("<h2>Where sources disagree</h2>\n");
        if (conflicts.Count == 0)
        {
            page.Append("<p>Nowhere: every value that is stated more than once is stated the same.</p>\n");
            return;
        }

        page.Append("<div class=\"scroll\"><table>\n<thead><tr><th>Dataset</th><th>Field</th><th>Taken</th><th>Also stated</th><th>Why</th></tr></thead>\n<tbody>\n");
        foreach (var conflict in conflicts)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Html.Encode(conflict.Dataset)}</th><td>{Html.Encode(conflict.Field)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td><b>{Html.Encode(conflict.ChosenValue)}</b><small>{Html.Encode(conflict.ChosenOrigin)}</small></td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{Html.Encode(conflict.OtherValue)}<small>{Html.Encode(conflict.OtherOrigin)}</small></td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{Html.Encode(conflict.Rule)}</td></tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    internal static void AppendCell(StringBuilder page, string? text) => page.Append("<td>").Append(Html.OrDash(text)).Append("</td>");

    internal static string? VoxelSizeText(VoxelSize size) => size == VoxelSize.Unknown
        ? null
        : string.Join(" × ", new[] { size.Z, size.Y, size.X }.Select(edge => edge?.ToString("G6", CultureInfo.InvariantCulture) ?? "?"));

    private static string Style()
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
