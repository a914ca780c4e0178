namespace EmPipeline.Catalog.Build;

/// <summary>The small tables in their files' order, so that the order in which stages finished leaves no trace.</summary>
internal static class SortedContent
{
    public static CatalogContent Of(CatalogContent content) => content with
    {
        Datasets = [.. content.Datasets.OrderBy(row => row.Name, StringComparer.Ordinal)],
        LeftOut = [.. content.LeftOut.OrderBy(row => row.Dataset, StringComparer.Ordinal)],
        Volumes = [.. content.Volumes.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Level)],
        LabelVolumes =
        [
            .. content.LabelVolumes.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Origin, StringComparer.Ordinal)
                .ThenBy(row => row.Label, StringComparer.Ordinal).ThenBy(row => row.Level),
        ],

        // The values of a label keep the order in which they are given, which may be that of numbers.
        LabelClasses =
        [
            .. content.LabelClasses.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Origin, StringComparer.Ordinal)
                .ThenBy(row => row.Label, StringComparer.Ordinal),
        ],
        Splits = [.. content.Splits.OrderBy(row => row.Split, StringComparer.Ordinal).ThenBy(row => row.Dataset, StringComparer.Ordinal)],

        Sections = [.. content.Sections.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Axis, StringComparer.Ordinal).ThenBy(row => row.Index)],

        Runs =
        [
            .. content.Runs.OrderBy(row => row.Run, StringComparer.Ordinal).ThenBy(row => row.Dataset == "(all)").ThenBy(row => row.Dataset, StringComparer.Ordinal)
                .ThenBy(row => row.Finished, StringComparer.Ordinal).ThenBy(row => row.Stage, StringComparer.Ordinal),
        ],

        // Within a field the order of the claims says which counts more: OrderBy is stable and keeps it.
        Metadata = [.. content.Metadata.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Field, StringComparer.Ordinal)],
        Conflicts = [.. content.Conflicts.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Field, StringComparer.Ordinal)],
    };
}
