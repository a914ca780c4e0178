using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;

namespace EmPipeline.Catalog.Reading;

/// <summary>Which tables a catalogue has: one that was made by an earlier version lacks those of labels.</summary>
internal static class CatalogTables
{
    public static bool Has(DuckDBConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM information_schema.tables WHERE table_name = {Sql.Quote(name)}";
        return (long)command.ExecuteScalar()! > 0;
    }
}
