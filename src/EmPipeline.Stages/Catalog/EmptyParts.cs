using EmPipeline.Catalog;

namespace EmPipeline.Stages.Catalog;

/// <summary>Parts of splits to which no block came: a small share of few cells may get none.</summary>
internal static class EmptyParts
{
    private const int Named = 3;

    private const string Query =
        """
        SELECT split, part, string_agg(dataset, '/' ORDER BY dataset) AS datasets, (SELECT count(DISTINCT dataset) FROM splits AS every WHERE every.split = splits.split) AS divided
        FROM splits ANTI JOIN (SELECT DISTINCT split, dataset, part FROM split_blocks WHERE level = 0) USING (split, dataset, part)
        GROUP BY split, part ORDER BY split, part
        """;

    /// <summary>A sentence for each split that has such parts, with the datasets in which they have nothing.</summary>
    public static async Task<IEnumerable<string>> FindAsync(string catalog, CancellationToken cancellation) =>
        (await new CatalogReader(catalog).QueryAsync(Query, cancellation: cancellation)).GroupBy(row => (string)row["split"]!).Select(split =>
            $"splits.{split.Key}: got no block for {string.Join(", none for ", split.Select(row => $"{row["part"]} of {Datasets((string)row["datasets"]!, (long)row["divided"]!)}"))}, expected some of each: "
            + "whole cells are dealt out, and these volumes have few. For more give a smaller cell; where the split is in use already, to one of another name.");

    private static string Datasets(string names, long all)
    {
        var datasets = names.Split('/');
        return datasets.Length == all && all > 1 ? $"any of {all} datasets"
            : datasets.Length <= Named ? string.Join(", ", datasets)
            : $"{string.Join(", ", datasets.Take(Named))} and {datasets.Length - Named} more";
    }
}
