using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;

namespace EmPipeline.Catalog.Reading;

/// <summary>
/// Makes DuckDB write and cut the values of a query: what leaves it is short, however long a value is, and is text where .NET has no such value (infinite
/// dates, numbers of 38 digits, unions).
/// </summary>
internal static class BriefValues
{
    private static readonly HashSet<string> Plain =
        ["BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE"];

    /// <param name="query">One SELECT; it is checked before DuckDB looks at it.</param>
    /// <returns>A query of the same columns and rows, in the same order.</returns>
    /// <exception cref="EmPipeline.Volumes.EmException">The query is none that may be asked.</exception>
    public static string Of(DuckDBConnection connection, string query, int letters)
    {
        QueryCheck.Run(connection, query);
        var columns = new List<(string Name, string Type)>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"DESCRIBE {query}";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        // Two columns may have one name.
        var values = columns.Select((column, i) => $"{Brief($"c{i}", column.Type, letters)} AS {Sql.Name(column.Name)}");
        return $"SELECT {string.Join(", ", values)} FROM (\n{query}\n) AS q({string.Join(", ", columns.Select((_, i) => $"c{i}"))})";
    }

    private static string Brief(string value, string type, int letters)
    {
        if (Plain.Contains(type))
            return value;
        if (type == "BLOB")
            return $"'(' || octet_length({value}) || ' bytes)'";
        var text = type == "VARCHAR" ? value : $"CAST({value} AS VARCHAR)";
        return $"CASE WHEN length({text}) > {letters} THEN left({text}, {letters}) || '… (' || length({text}) || ' letters)' ELSE {text} END";
    }
}
