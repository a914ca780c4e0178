using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Schema;

internal static class Sql
{
    /// <summary>A string literal.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>A quoted identifier.</summary>
    public static string Name(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>The connection string of a database file, whatever characters are in its path.</summary>
    public static string Connection(string path) => new DuckDBConnectionStringBuilder { DataSource = path }.ConnectionString;
}
