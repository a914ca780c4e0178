using EmPipeline.Catalog;

namespace EmPipeline.Stages.Catalog;

/// <summary>Parts of splits to which no block came: a small share of few cells may get none.</summary>
internal static class EmptyParts
{
    private const string Query =
        """
        SELECT split, part, string_agg(dataset, ', ' ORDER BY dataset) AS datasets
        FROM splits ANTI JOIN (SELECT DISTINCT split, dataset, part FROM split_blocks WHERE level = 0) USING (split, dataset, part)
        GROUP BY split, part ORDER BY split, part
        """;

    /// <summary>A sentence for each part, with the datasets in which it has nothing.</summary>
    public static async Task<IEnumerable<string>> FindAsync(string catalog, CancellationToken cancellation) =>
        (await new CatalogReader(catalog).QueryAsync(Query, cancellation: cancellation)).Select(row =>
            $"splits.{row["split"]}: got no block for {row["part"]} of {row["datasets"]}, expected some: whole cells are dealt out, and theirs are too few for its share. Give the split a smaller cell, or another seed.");
}
