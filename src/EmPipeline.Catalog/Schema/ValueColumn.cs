using Parquet;
using Parquet.Schema;

namespace EmPipeline.Catalog.Schema;

internal sealed class ValueColumn<TRow, T>(string name, string comment, bool required, Func<TRow, T?> value) : Column<TRow>(name, comment, required)
    where T : struct
{
    public override string SqlType { get; } =
        typeof(T) == typeof(long) ? "BIGINT" : typeof(T) == typeof(int) ? "INTEGER" : typeof(T) == typeof(double) ? "DOUBLE" : "BOOLEAN";

    public override DataField Field { get; } = new(name, typeof(T), isNullable: !required);

    public override async Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows, CancellationToken cancellation)
    {
        if (Required)
        {
            var values = new T[rows.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = value(rows[i])!.Value;
            await group.WriteAsync<T>(Field, values.AsMemory(), cancellationToken: cancellation);
            return;
        }

        var optional = new T?[rows.Count];
        for (var i = 0; i < optional.Length; i++)
            optional[i] = value(rows[i]);
        await group.WriteAsync<T>(Field, optional.AsMemory(), cancellationToken: cancellation);
    }
}
