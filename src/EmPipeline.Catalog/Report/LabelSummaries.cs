using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Report;

/// <summary>Lets DuckDB add up what labels say of blocks.</summary>
internal static class LabelSummaries
{
    public static IReadOnlyList<LabelSummary> Query(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT dataset, origin, label, class, sum(known)::BIGINT, sum(voxels)::BIGINT FROM label_blocks GROUP BY ALL ORDER BY ALL";
        using var reader = command.ExecuteReader();
        var summaries = new List<LabelSummary>();
        while (reader.Read())
            summaries.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.GetInt64(5)));
        return summaries;
    }
}
