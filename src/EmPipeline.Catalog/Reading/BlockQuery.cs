using System.Globalization;
using DuckDB.NET.Data;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

/// <summary>Runs the query by which blocks are chosen.</summary>
internal static class BlockQuery
{
    private static readonly string[] Needed = ["dataset", "level", "z", "y", "x"];

    public static IReadOnlyList<BlockRef> Run(DuckDBConnection connection, string query, string dataFolder, CancellationToken cancellation)
    {
        var paths = Paths(connection, dataFolder);
        using var command = connection.CreateCommand();
        command.CommandText = "SET threads = 1";
        command.ExecuteNonQuery();
        command.CommandText = Complete(query);
        using var stop = cancellation.Register(command.Cancel);
        using var reader = command.ExecuteReader();
        var columns = Ordinals(reader);
        var blocks = new List<BlockRef>();
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            var dataset = Convert.ToString(reader.GetValue(columns[0]), CultureInfo.InvariantCulture) ?? "";
            var level = (int)Number(reader, columns[1], "level");
            if (!paths.TryGetValue((dataset, level), out var path))
                throw new EmException(Fault.Configuration, $"query: got a row of dataset '{dataset}' level {level}, expected datasets and levels of the volumes table.");
            var origin = new NdIndex(Number(reader, columns[2], "z"), Number(reader, columns[3], "y"), Number(reader, columns[4], "x"));
            blocks.Add(new BlockRef(dataset, path, level, origin));
        }

        return blocks;
    }

    /// <summary>A condition becomes a query on <c>training_blocks</c>; a query stays as it is.</summary>
    internal static string Complete(string query)
    {
        var text = query.Trim().TrimEnd(';').TrimEnd();
        if (text.Length == 0)
            return "SELECT * FROM training_blocks";
        foreach (var start in (ReadOnlySpan<string>)["SELECT", "WITH", "FROM", "("])
        {
            var rest = text.Length > start.Length ? text[start.Length] : ' ';
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase) && (start != "(" ? char.IsWhiteSpace(rest) : IsParenthesisedQuery(text)))
                return text;
        }

        // The line break closes a comment at the end of the condition.
        return $"SELECT * FROM training_blocks WHERE ({text}\n)";
    }

    private static bool IsParenthesisedQuery(string text) =>
        text.TrimStart('(', ' ', '\n', '\t').StartsWith("SELECT ", StringComparison.OrdinalIgnoreCase);

    private static int[] Ordinals(DuckDBDataReader reader)
    {
        var names = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        var ordinals = Needed.Select(needed => names.FindIndex(name => name.Equals(needed, StringComparison.OrdinalIgnoreCase))).ToArray();
        if (Array.IndexOf(ordinals, -1) >= 0)
        {
            throw new EmException(
                Fault.Configuration,
                $"query: got columns {string.Join(", ", names)}; expected at least {string.Join(", ", Needed)}. Start from SELECT * FROM training_blocks.");
        }

        return ordinals;
    }

    private static long Number(DuckDBDataReader reader, int column, string name)
    {
        var value = reader.GetValue(column);
        try
        {
            return Convert.ToInt64(value, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is InvalidCastException or FormatException or OverflowException)
        {
            throw new EmException(Fault.Configuration, $"query: got {name} = {(value is DBNull ? "NULL" : value)}, expected a whole number.", error);
        }
    }

    private static Dictionary<(string Dataset, int Level), string> Paths(DuckDBConnection connection, string dataFolder)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT dataset, level, path FROM volumes";
        using var reader = command.ExecuteReader();
        var paths = new Dictionary<(string, int), string>();
        while (reader.Read())
            paths.Add((reader.GetString(0), reader.GetInt32(1)), Path.GetFullPath(Path.Combine(dataFolder, reader.GetString(2))));
        return paths;
    }
}
