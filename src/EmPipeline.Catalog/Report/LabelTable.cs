using System.Globalization;
using System.Text;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Report;

/// <summary>The labels of a dataset: what they are of, who made them, how much of the image they know.</summary>
internal static class LabelTable
{
    public static void Append(StringBuilder page, string dataset, CatalogContent content, IReadOnlyList<LabelSummary> summaries)
    {
        var labels = content.LabelVolumes.Where(volume => volume.Dataset == dataset && volume.Level == 0).ToList();
        if (labels.Count == 0)
            return;
        page.Append("<h3>Labels</h3>\n<p class=\"note\">Annotated is the share of a label's own extent that somebody looked at; a class's share is of that.</p>\n<div class=\"scroll levels\"><table>\n<thead><tr><th>Label</th><th>Kind</th><th>Annotation</th><th>Licence</th><th>Shape, voxels</th><th>Voxel size, nm</th><th>Type</th><th>Annotated</th><th>Classes</th><th>Source</th></tr></thead>\n<tbody>\n");
        foreach (var label in labels)
        {
            var classes = summaries.Where(summary => (summary.Dataset, summary.Origin, summary.Label) == (label.Dataset, label.Origin, label.Label)).ToList();
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Html.Encode(label.Origin)}/{Html.Encode(label.Label)}</th>");
            ReportPage.AppendCell(page, label.Kind);
            ReportPage.AppendCell(page, label.Annotation);
            ReportPage.AppendCell(page, label.Licence);
            ReportPage.AppendCell(page, Html.Extent(label.Shape));
            ReportPage.AppendCell(page, ReportPage.VoxelSizeText(label.VoxelSize));
            ReportPage.AppendCell(page, label.Type.Name());
            ReportPage.AppendCell(page, classes.Count == 0 ? null : Percent(classes[0].Known, label.Shape.Volume));
            ReportPage.AppendCell(page, string.Join(", ", classes.Select(summary => $"{summary.Class} {Percent(summary.Voxels, summary.Known)}")));
            ReportPage.AppendCell(page, label.Source);
            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }

    private static string Percent(long part, long whole) => (100.0 * part / whole).ToString("0.###", CultureInfo.InvariantCulture) + " %";
}
