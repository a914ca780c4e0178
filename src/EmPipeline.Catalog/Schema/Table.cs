using EmPipeline.Volumes;
using Parquet.Schema;

namespace EmPipeline.Catalog.Schema;

/// <summary>
/// One table, declared once: its Parquet file, its DuckDB definition and the comments on both follow from here.
/// Columns are added in the order of the file.
/// </summary>
internal sealed class Table<TRow>
{
    private readonly List<Column<TRow>> _columns = [];
    private readonly Lazy<ParquetSchema> _schema;

    public Table(string name, string comment)
    {
        Name = name;
        Comment = comment;
        _schema = new(() => new(_columns.Select(column => column.Field)));
    }

    public string Name { get; }

    public string Comment { get; }

    public IReadOnlyList<Column<TRow>> Columns => _columns;

    /// <summary>The columns of the primary key; empty where uniqueness is kept otherwise.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Made once: a schema sets levels and paths in the fields it is made of, which other threads may be writing with.</summary>
    public ParquetSchema ParquetSchema => _schema.Value;

    public Table<TRow> Text(string column, string about, Func<TRow, string> value) => Add(new TextColumn<TRow>(column, about, true, value));

    public Table<TRow> OptionalText(string column, string about, Func<TRow, string?> value) => Add(new TextColumn<TRow>(column, about, false, value));

    public Table<TRow> Value<T>(string column, string about, Func<TRow, T> value) where T : struct =>
        Add(new ValueColumn<TRow, T>(column, about, true, row => value(row)));

    public Table<TRow> OptionalValue<T>(string column, string about, Func<TRow, T?> value) where T : struct =>
        Add(new ValueColumn<TRow, T>(column, about, false, value));

    /// <summary>Three columns: <paramref name="prefix"/>_z, _y, _x.</summary>
    public Table<TRow> Zyx(string prefix, string about, Func<TRow, NdIndex> value) =>
        Value($"{prefix}_z", $"{about} along z.", row => value(row)[0])
            .Value($"{prefix}_y", $"{about} along y.", row => value(row)[1])
            .Value($"{prefix}_x", $"{about} along x.", row => value(row)[2]);

    public Table<TRow> OptionalZyx(string prefix, string about, Func<TRow, NdIndex?> value) =>
        OptionalValue($"{prefix}_z", $"{about} along z.", row => value(row)?[0])
            .OptionalValue($"{prefix}_y", $"{about} along y.", row => value(row)?[1])
            .OptionalValue($"{prefix}_x", $"{about} along x.", row => value(row)?[2]);

    private Table<TRow> Add(Column<TRow> column)
    {
        _columns.Add(column);
        return this;
    }
}
