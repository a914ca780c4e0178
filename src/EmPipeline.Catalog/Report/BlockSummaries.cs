using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Report;

/// <summary>Lets DuckDB count, so that the report costs the same memory for any number of blocks.</summary>
internal static class BlockSummaries
{
    private const int Bins = 40;

    public static IReadOnlyList<BlockSummary> Query(DuckDBConnection connection)
    {
        var means = Histograms(connection, "mean");
        var contrasts = Histograms(connection, "std");
        var summaries = new List<BlockSummary>();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT dataset, count(*) FILTER (state = 'written'), count(*) FILTER (state = 'empty')
            FROM blocks WHERE level = 0 GROUP BY dataset ORDER BY dataset
            """;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var dataset = reader.GetString(0);
            var none = new Histogram(0, 0, []);
            summaries.Add(new BlockSummary(
                dataset, reader.GetInt64(1), reader.GetInt64(2), means.GetValueOrDefault(dataset, none), contrasts.GetValueOrDefault(dataset, none)));
        }

        return summaries;
    }

    private static Dictionary<string, Histogram> Histograms(DuckDBConnection connection, string column)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            WITH chosen AS (SELECT dataset, {column} AS v FROM blocks WHERE level = 0 AND state = 'written' AND isfinite({column})),
                 ranges AS (SELECT dataset, min(v) AS low, max(v) AS high FROM chosen GROUP BY dataset)
            SELECT dataset, low, high,
                   CASE WHEN high > low THEN least({Bins - 1}, floor((v - low) / (high - low) * {Bins}))::INTEGER ELSE {Bins / 2} END AS bin,
                   count(*)
            FROM chosen JOIN ranges USING (dataset) GROUP BY ALL
            """;
        using var reader = command.ExecuteReader();
        var counts = new Dictionary<string, (double Low, double High, long[] Counts)>();
        while (reader.Read())
        {
            var dataset = reader.GetString(0);
            if (!counts.TryGetValue(dataset, out var entry))
                counts[dataset] = entry = (reader.GetDouble(1), reader.GetDouble(2), new long[Bins]);
            entry.Counts[reader.GetInt32(3)] = reader.GetInt64(4);
        }

        return counts.ToDictionary(entry => entry.Key, entry => new Histogram(entry.Value.Low, entry.Value.High, entry.Value.Counts));
    }
}
