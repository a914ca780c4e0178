using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Reading;

internal static class SummaryQuery
{
    public static IReadOnlyList<TrainingSummary> Run(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT dataset, excluded, blocks FROM training_summary ORDER BY dataset";
        using var reader = command.ExecuteReader();
        var rows = new List<(string Dataset, string? Excluded, long Blocks)>();
        while (reader.Read())
            rows.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt64(2)));
        return
        [
            .. rows.GroupBy(row => row.Dataset).Select(dataset => new TrainingSummary(
                dataset.Key, dataset.Where(row => row.Excluded is null).Sum(row => row.Blocks),
                dataset.Where(row => row.Excluded is not null).ToDictionary(row => row.Excluded!, row => row.Blocks))),
        ];
    }
}
