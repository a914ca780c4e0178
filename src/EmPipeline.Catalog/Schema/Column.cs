using Parquet;
using Parquet.Schema;

namespace EmPipeline.Catalog.Schema;

/// <summary>One column: what DuckDB calls it and what Parquet stores, taken from a row by one function.</summary>
internal abstract class Column<TRow>(string name, string comment, bool required)
{
    public string Name { get; } = name;

    /// <summary>Meaning and unit, stored in the database beside the column.</summary>
    public string Comment { get; } = comment;

    public bool Required { get; } = required;

    public abstract string SqlType { get; }

    public abstract DataField Field { get; }

    public abstract Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<TRow> rows, CancellationToken cancellation);
}
