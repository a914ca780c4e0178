using DuckDB.NET.Data;

namespace EmPipeline.Catalog.Reading;

internal static class ColumnQuery
{
    public static IReadOnlyList<CatalogColumn> Run(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE NOT internal ORDER BY table_name, column_index";
        using var reader = command.ExecuteReader();
        var columns = new List<CatalogColumn>();
        while (reader.Read())
        {
            if (QueryCheck.IsKnown(reader.GetString(0)))
                columns.Add(new CatalogColumn(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return columns;
    }
}
