using System.Globalization;
using System.Text;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Report;

/// <summary>One dataset's part of the page: what is known of it and from where, its grey values, its levels, its labels.</summary>
internal static class DatasetSection
{
    public static void Append(StringBuilder page, DatasetRecord dataset, CatalogContent content, BlockSummary? summary, IReadOnlyList<LabelSummary> labels, IReadOnlyList<SplitSummary> splits)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section id=\"{Html.Encode(dataset.Name)}\"><h2>{Html.Encode(dataset.Name)}</h2>\n");
        if (dataset.Title is not null)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"title\">{Html.Encode(dataset.Title)}</p>\n");
        PictureGallery.Append(page, content.Pictures.FirstOrDefault(pictures => pictures.Dataset == dataset.Name));
        SectionStrip.Append(page, [.. content.Sections.Where(section => section.Dataset == dataset.Name).OrderBy(section => section.Index)]);
        page.Append("<div class=\"columns\">\n<div>");
        AppendFacts(page, dataset, [.. content.Metadata.Where(row => row.Dataset == dataset.Name && row.Chosen)]);
        page.Append("</div>\n<div>");
        AppendBlocks(page, summary);
        page.Append("</div>\n</div>\n");
        AppendLevels(page, [.. content.Volumes.Where(volume => volume.Dataset == dataset.Name)]);
        SectionTable.Append(page, [.. content.Sections.Where(section => section.Dataset == dataset.Name)]);
        LabelTable.Append(page, dataset.Name, content, labels);
        SplitTable.Append(page, [.. splits.Where(split => split.Dataset == dataset.Name)]);
        page.Append("</section>\n");
    }

    private static void AppendFacts(StringBuilder page, DatasetRecord dataset, IReadOnlyList<MetadataRecord> chosen)
    {
        page.Append("<table class=\"facts\">\n");
        AppendFact(page, "Source", dataset.Source, null);
        AppendFact(page, "Format", dataset.Format, null);
        if (dataset.CropOrigin is { } origin && dataset.CropShape is { } shape)
            AppendFact(page, "Crop", new Box(origin, shape).ToString(), "z, y, x in voxels of the source");
        AppendTriple(page, "Shape of the source", "z × y × x voxels", chosen, Fields.ShapeZ, Fields.ShapeY, Fields.ShapeX);
        AppendTriple(page, "Voxel size", "z × y × x nm", chosen, Fields.VoxelSizeZ, Fields.VoxelSizeY, Fields.VoxelSizeX);
        foreach (var row in chosen.Where(row => !Shown.Contains(row.Field)).OrderBy(row => Order(row.Field)))
            AppendFact(page, Label(row.Field), row.Unit is null ? row.Value : $"{row.Value} {row.Unit}", row.Origin);
        page.Append("</table>\n");
    }

    private static readonly HashSet<string> Shown =
        [Fields.Title, Fields.ShapeZ, Fields.ShapeY, Fields.ShapeX, Fields.VoxelSizeZ, Fields.VoxelSizeY, Fields.VoxelSizeX];

    /// <summary>Three fields on one line; nothing when none of them is stated.</summary>
    private static void AppendTriple(StringBuilder page, string name, string unit, IReadOnlyList<MetadataRecord> chosen, params string[] fields)
    {
        var rows = fields.Select(field => chosen.FirstOrDefault(row => row.Field == field)).ToList();
        var origins = rows.Select(row => row?.Origin).OfType<string>().Distinct().ToList();
        if (origins.Count > 0)
            AppendFact(page, $"{name}, {unit}", string.Join(" × ", rows.Select(row => row?.Value ?? "?")), string.Join("; ", origins));
    }

    /// <summary>"accelerating_voltage_v" reads "Accelerating voltage": its unit stands with the value.</summary>
    private static string Label(string field)
    {
        var unit = Fields.Find(field)?.Unit;
        if (unit is not null && field.EndsWith("_" + unit, StringComparison.OrdinalIgnoreCase))
            field = field[..^(unit.Length + 1)];
        return field switch
        {
            Fields.Doi => "DOI",
            Fields.DataType => "Voxel type",
            _ => char.ToUpperInvariant(field[0]) + field[1..].Replace('_', ' '),
        };
    }

    private static int Order(string field)
    {
        for (var i = 0; i < Fields.All.Count; i++)
        {
            if (Fields.All[i].Name == field)
                return i;
        }

        return int.MaxValue;
    }

    private static void AppendFact(StringBuilder page, string name, string value, string? origin)
    {
        page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Html.Encode(name)}</th><td>{Html.Encode(value)}");
        if (origin is not null)
            page.Append(CultureInfo.InvariantCulture, $"<small>{Html.Encode(origin)}</small>");
        page.Append("</td></tr>\n");
    }

    private static void AppendBlocks(StringBuilder page, BlockSummary? summary)
    {
        if (summary is null)
        {
            page.Append("<p class=\"none\">No blocks yet.</p>");
            return;
        }

        var empty = summary.Empty == 0 ? "" : $", {summary.Empty.ToString("#,0", CultureInfo.InvariantCulture)} empty";
        page.Append(CultureInfo.InvariantCulture, $"<p>{summary.Written:#,0} blocks at full resolution{empty}.</p>");
        page.Append(SvgHistogram.Render(summary.Means, "Mean grey value of a block"));
        page.Append(SvgHistogram.Render(summary.Contrasts, "Contrast: standard deviation within a block"));
    }

    private static void AppendLevels(StringBuilder page, IReadOnlyList<VolumeRecord> volumes)
    {
        if (volumes.Count == 0)
            return;
        page.Append("<div class=\"scroll levels\"><table>\n<thead><tr><th>Level</th><th>Path</th><th>Shape, voxels</th><th>Voxel size, nm</th><th>Shard</th><th>Chunk</th><th>Codec</th><th>On disk</th><th>Compression</th></tr></thead>\n<tbody>\n");
        foreach (var volume in volumes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{volume.Level}</th>");
            ReportPage.AppendCell(page, volume.Path);
            ReportPage.AppendCell(page, Html.Extent(volume.Shape));
            ReportPage.AppendCell(page, ReportPage.VoxelSizeText(volume.VoxelSize));
            ReportPage.AppendCell(page, Html.Extent(volume.Shard));
            ReportPage.AppendCell(page, Html.Extent(volume.Chunk));
            ReportPage.AppendCell(page, volume.Codec);
            ReportPage.AppendCell(page, Html.Bytes(volume.StoredBytes));
            var decoded = (double)volume.Shape.Volume * volume.Type.Size();
            ReportPage.AppendCell(page, volume.StoredBytes == 0 ? null : (decoded / volume.StoredBytes).ToString("0.00", CultureInfo.InvariantCulture) + "×");
            page.Append("</tr>\n");
        }

        page.Append("</tbody></table></div>\n");
    }
}
