using Parquet;
using Parquet.Schema;

namespace EmPipeline.Catalog.Schema;

internal sealed class TextColumn<TRow>(string name, string comment, bool required, Func<TRow, string?> value) : Column<TRow>(name, comment, required)
{
    public override string SqlType => "VARCHAR";

    public override DataField Field { get; } = new(name, typeof(string), isNullable: !required);

    public override async Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows, CancellationToken cancellation)
    {
        var values = new string[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = value(rows[i])!;
        await group.WriteAsync(Field, values);
    }
}
