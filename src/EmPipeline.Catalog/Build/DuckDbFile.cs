using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;

namespace EmPipeline.Catalog.Build;

/// <summary>
/// The database while it is being built. Its tables are filled from the Parquet files, so that the two cannot differ, and DuckDB
/// streams them within its memory limit. Disposing it leaves one file and no write-ahead log.
/// </summary>
internal sealed class DuckDbFile : IDisposable
{
    private readonly DuckDBConnection _connection;

    public DuckDbFile(string path, string temporaryFolder)
    {
        _connection = new DuckDBConnection(Sql.Connection(path));
        _connection.Open();
        Execute($"SET memory_limit = '256MB'; SET temp_directory = {Sql.Quote(temporaryFolder)}; SET preserve_insertion_order = true");
    }

    public DuckDBConnection Connection => _connection;

    public void Load<TRow>(Table<TRow> table, string parquetPath)
    {
        var columns = table.Columns.Select(column => $"{Sql.Name(column.Name)} {column.SqlType}{(column.Required ? " NOT NULL" : "")}").ToList();
        if (table.Key.Count > 0)
            columns.Add($"PRIMARY KEY ({string.Join(", ", table.Key.Select(Sql.Name))})");
        Execute($"CREATE TABLE {Sql.Name(table.Name)} ({string.Join(", ", columns)})");
        Execute($"COMMENT ON TABLE {Sql.Name(table.Name)} IS {Sql.Quote(table.Comment)}");
        foreach (var column in table.Columns)
            Execute($"COMMENT ON COLUMN {Sql.Name(table.Name)}.{Sql.Name(column.Name)} IS {Sql.Quote(column.Comment)}");
        Execute($"INSERT INTO {Sql.Name(table.Name)} SELECT * FROM read_parquet({Sql.Quote(parquetPath)}, hive_partitioning = false)");
    }

    public void CreateViews(IReadOnlyList<View> views)
    {
        foreach (var view in views)
        {
            var kind = view.IsTable ? "TABLE" : "VIEW";
            Execute($"CREATE {kind} {view.Name} AS {view.Query}");
            Execute($"COMMENT ON {kind} {view.Name} IS {Sql.Quote(view.Comment)}");
            foreach (var (column, comment) in view.Columns)
                Execute($"COMMENT ON COLUMN {view.Name}.{Sql.Name(column)} IS {Sql.Quote(comment)}");
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
    }

    /// <summary>Moves everything from the write-ahead log into the file.</summary>
    public void Checkpoint() => Execute("FORCE CHECKPOINT");

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
