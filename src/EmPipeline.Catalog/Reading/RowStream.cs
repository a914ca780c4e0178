using System.Threading.Channels;
using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Reading;

/// <summary>Hands on the rows of a query as they are made: a few batches are in memory, however many there are in all.</summary>
internal static class RowStream
{
    private const int RowsOfBatch = 512;
    private const long MostRows = 1_000_000;

    /// <summary>Runs the query, and waits where the reader of the batches is slower.</summary>
    public static void Write(DuckDBConnection connection, string query, QueryLimits limits, ChannelWriter<QueryBatch> batches, CancellationToken cancellation)
    {
        var text = BlockQuery.Complete(query, connection);
        using var run = new CheckedQuery(connection, limits.Letters is { } letters ? BriefValues.Of(connection, text, letters) : text, limits, MostRows, cancellation);
        var reader = run.Reader;
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        Send([]);
        var rows = new List<IReadOnlyList<object?>>();
        while (run.Read())
        {
            var row = new object?[columns.Count];
            for (var column = 0; column < row.Length; column++)
                row[column] = reader.IsDBNull(column) ? null : reader.GetValue(column);
            rows.Add(row);
            if (rows.Count < RowsOfBatch)
                continue;
            Send(rows);
            rows = [];
        }

        if (rows.Count > 0)
            Send(rows);

        void Send(IReadOnlyList<IReadOnlyList<object?>> some) => batches.WriteAsync(new QueryBatch(columns, some), cancellation).AsTask().GetAwaiter().GetResult();
    }
}
