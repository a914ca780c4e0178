namespace EmPipeline.Catalog.Build;

/// <summary>The small tables in their files' order, so that the order in which stages finished leaves no trace.</summary>
internal static class SortedContent
{
    public static CatalogContent Of(CatalogContent content) => content with
    {
        Datasets = [.. content.Datasets.OrderBy(row => row.Name, StringComparer.Ordinal)],
        LeftOut = [.. content.LeftOut.OrderBy(row => row.Dataset, StringComparer.Ordinal)],
        Volumes = [.. content.Volumes.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Level)],

        // Within a field the order of the claims says which counts more: OrderBy is stable and keeps it.
        Metadata = [.. content.Metadata.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Field, StringComparer.Ordinal)],
        Conflicts = [.. content.Conflicts.OrderBy(row => row.Dataset, StringComparer.Ordinal).ThenBy(row => row.Field, StringComparer.Ordinal)],
    };
}
