using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Report;

/// <summary>How many blocks each part of a split has.</summary>
internal static class SplitSummaries
{
    public static IReadOnlyList<SplitSummary> Query(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT split, dataset, part, blocks FROM split_summary ORDER BY ALL";
        using var reader = command.ExecuteReader();
        var summaries = new List<SplitSummary>();
        while (reader.Read())
            summaries.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
        return summaries;
    }
}
