using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Torch;

namespace EmPipeline.Train;

/// <summary>Says of every dataset how many of its blocks are trained on, and what is left out and why.</summary>
internal static class BlockUse
{
    public static async Task<IReadOnlyList<string>> DescribeAsync(string catalogFolder, BlockSource source, CancellationToken cancellation)
    {
        var catalog = await CatalogReader.OpenAsync(catalogFolder, source.Options.Remote, cancellation);
        var used = source.Blocks.GroupBy(block => block.Dataset).ToDictionary(blocks => blocks.Key, blocks => (All: blocks.LongCount(), Finest: blocks.LongCount(block => block.Level == 0)));
        var lines = new List<string>();
        foreach (var dataset in await catalog.ReadTrainingSummaryAsync(cancellation))
        {
            var (all, finest) = used.GetValueOrDefault(dataset.Dataset);
            var reasons = dataset.Excluded.OrderBy(reason => reason.Key, StringComparer.Ordinal).Select(reason => Text(reason.Value, reason.Key)).ToList();
            if (dataset.Blocks > finest)
                reasons.Insert(0, Text(dataset.Blocks - finest, "not chosen by the query"));
            if (dataset.Blocks == 0 && dataset.Excluded.Count == 0)
                reasons.Add("it has none");
            lines.Add($"  {dataset.Dataset}: {Text(all, all == 1 ? "block" : "blocks")}{(reasons.Count > 0 ? $"; left out: {string.Join(", ", reasons)}" : "")}");
        }

        foreach (var dataset in await catalog.QueryAsync("SELECT dataset, reason FROM left_out ORDER BY dataset", cancellation: cancellation))
            lines.Add($"  {dataset["dataset"]}: not in the catalogue: {dataset["reason"]}");
        return lines;
    }

    private static string Text(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}");
}
