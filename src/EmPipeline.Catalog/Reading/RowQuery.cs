using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Reading;

internal static class RowQuery
{
    private const long MostRows = 1_000_000;

    public static IReadOnlyList<IReadOnlyDictionary<string, object?>> Run(DuckDBConnection connection, string query, QueryLimits limits, CancellationToken cancellation)
    {
        using var run = new CheckedQuery(connection, limits.Letters is { } letters ? BriefValues.Of(connection, query, letters) : query, limits, MostRows, cancellation);
        var reader = run.Reader;
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (run.Read())
        {
            var row = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            for (var column = 0; column < reader.FieldCount; column++)
                row[reader.GetName(column)] = reader.IsDBNull(column) ? null : reader.GetValue(column);
            rows.Add(row);
        }

        return rows;
    }
}
