using System.Security.Cryptography;
using System.Text;
using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;

namespace EmPipeline.Catalog.Build;

/// <summary>
/// What tells one catalogue from another: SHA-256 over the names and SHA-256 of its Parquet files, whose bytes follow from their content; but for that of the runs, which says nothing of volumes. Kept in the
/// database, since its own bytes are DuckDB's business and hashing ten million blocks again takes seconds.
/// </summary>
internal static class ContentHash
{
    private const string Table = "content_hash";

    public static async Task WriteAsync(DuckDBConnection connection, IEnumerable<string> parquetFiles, CancellationToken cancellation)
    {
        var lines = new StringBuilder();
        foreach (var path in parquetFiles)
        {
            await using var file = File.OpenRead(path);
            lines.Append(Path.GetFileName(path)).Append(' ').Append(Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation))).Append('\n');
        }

        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            CREATE TABLE {Table} AS SELECT {Sql.Quote(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString()))))} AS sha256;
            COMMENT ON TABLE {Table} IS 'What tells this catalogue from another.';
            COMMENT ON COLUMN {Table}.sha256 IS 'Follows from the content of the Parquet files.'
            """;
        command.ExecuteNonQuery();
    }

    /// <summary>Null when the catalogue was built before there was one.</summary>
    public static string? Read(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM duckdb_tables() WHERE table_name = '{Table}'";
        if (Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) == 0)
            return null;
        command.CommandText = $"SELECT sha256 FROM {Table}";
        return (string)command.ExecuteScalar()!;
    }
}
