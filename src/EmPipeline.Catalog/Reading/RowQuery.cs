using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Reading;

internal static class RowQuery
{
    public static IReadOnlyList<IReadOnlyDictionary<string, object?>> Run(DuckDBConnection connection, string query, CancellationToken cancellation)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var stop = cancellation.Register(command.Cancel);
        using var reader = command.ExecuteReader();
        var rows = new List<IReadOnlyDictionary<string, object?>>();
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            var row = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            for (var column = 0; column < reader.FieldCount; column++)
                row[reader.GetName(column)] = reader.IsDBNull(column) ? null : reader.GetValue(column);
            rows.Add(row);
        }

        return rows;
    }
}
