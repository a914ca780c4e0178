using System.Globalization;
using System.Text;
using EmPipeline.Catalog;

namespace EmPipeline.Build.Tests.Documents;

/// <summary>The tables of METADATA_SUMMARY.md that follow from the Demo's catalogue.</summary>
internal static class MetadataSummary
{
    private const string Five = "('idr-9846137', 'empiar-11759', 'epfl-hippocampus', 'openorganelle-mus-nacc-2', 'hemibrain')";

    public static async Task<string> RenderAsync(CatalogReader catalog)
    {
        var text = new StringBuilder();
        Line("### Fields common to all, and unique to one");
        Line();
        var fields = await catalog.QueryAsync($"SELECT field, count(DISTINCT dataset) AS datasets, min(dataset) AS dataset FROM metadata WHERE dataset IN {Five} GROUP BY field ORDER BY field");
        Line($"Of {fields.Count} fields all five sources state {List(fields.Where(row => Number(row["datasets"]) == 5))}.");
        Line();
        Line("| dataset | fields that it alone has |");
        Line("|---|---|");
        foreach (var alone in fields.Where(row => Number(row["datasets"]) == 1).GroupBy(row => (string)row["dataset"]!).OrderBy(group => group.Key, StringComparer.Ordinal))
            Line($"| `{alone.Key}` | {List(alone)} |");
        Line();
        Line("### Where origins disagree");
        Line();
        Line("| dataset | field | taken | from | also stated | by | why |");
        Line("|---|---|---|---|---|---|---|");
        foreach (var row in await catalog.QueryAsync($"SELECT * FROM conflicts WHERE dataset IN {Five} ORDER BY dataset, field, other_origin"))
            Line($"| `{row["dataset"]}` | `{row["field"]}` | {Cell(row["chosen_value"])} | {Cell(row["chosen_origin"])} | {Cell(row["other_value"])} | {Cell(row["other_origin"])} | {Cell(row["rule"])} |");
        Line();
        Line("### All that files and registries state");
        Line();
        Line("| dataset | rows of `attributes` | different places | stated alike by several files or pages | registries' fields | not read |");
        Line("|---|---|---|---|---|---|");
        foreach (var row in await catalog.QueryAsync($"""
            SELECT dataset, count(*) AS n, count(DISTINCT path) AS paths, count(*) FILTER (occurrences > 1) AS alike,
                   count(*) FILTER (contains(coalesce(file, ''), '.registry/')) AS registry, count(*) FILTER (type = 'not read') AS unread
            FROM attributes WHERE dataset IN {Five} AND label IS NULL GROUP BY dataset ORDER BY dataset
            """))
        {
            Line($"| `{row["dataset"]}` | {row["n"]} | {row["paths"]} | {row["alike"]} | {row["registry"]} | {row["unread"]} |");
        }

        Line();
        var vary = await catalog.QueryAsync("""
            SELECT path, count(*) AS sections, count(DISTINCT value) AS different FROM attributes
            WHERE dataset = 'empiar-11759' AND label IS NULL AND occurrences = 1 AND NOT contains(coalesce(file, ''), '.registry/') GROUP BY path ORDER BY path
            """);
        Line($"What differs between EMPIAR's sections, of all their tags: {string.Join(", ", vary.Select(row => $"`{row["path"]}`"))}.");
        return text.ToString();

        void Line(string line = "") => text.Append(line).Append('\n');
    }

    private static string List(IEnumerable<IReadOnlyDictionary<string, object?>> rows) => string.Join(", ", rows.Select(row => $"`{row["field"]}`"));

    private static long Number(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    private static string Cell(object? value) => ((string?)value ?? "").Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
