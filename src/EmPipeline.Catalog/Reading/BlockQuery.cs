using System.Globalization;
using DuckDB.NET.Data;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

/// <summary>Runs the query by which blocks are chosen.</summary>
internal static class BlockQuery
{
    private const long MostBlocks = 100_000_000;
    private static readonly string[] Needed = ["dataset", "level", "z", "y", "x"];

    public static IReadOnlyList<BlockRef> Run(DuckDBConnection connection, string query, string dataFolder, QueryLimits limits, CancellationToken cancellation)
    {
        var volumes = Volumes(connection, dataFolder);
        using var run = new CheckedQuery(connection, Complete(query), limits, MostBlocks, cancellation);
        var reader = run.Reader;
        var columns = Ordinals(reader);
        var (z, y, x) = (Numbers(reader, columns[2], "z"), Numbers(reader, columns[3], "y"), Numbers(reader, columns[4], "x"));
        var level = Numbers(reader, columns[1], "level");
        var blocks = new List<BlockRef>();
        while (run.Read())
        {
            var dataset = Convert.ToString(reader.GetValue(columns[0]), CultureInfo.InvariantCulture) ?? "";
            if (!volumes.TryGetValue((dataset, level()), out var volume))
                throw new EmException(Fault.Configuration, $"query: got a row of dataset '{dataset}' level {level()}, expected datasets and levels of the volumes table.");
            blocks.Add(new BlockRef(volume, z(), y(), x()));
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

    /// <summary>Reads a column of the row at hand, without a box where it is of the type that the tables have.</summary>
    private static Func<long> Numbers(DuckDBDataReader reader, int column, string name)
    {
        var type = reader.GetFieldType(column);
        return () =>
        {
            if (type == typeof(long) && !reader.IsDBNull(column))
                return reader.GetInt64(column);
            var value = reader.GetValue(column);
            try
            {
                return Convert.ToInt64(value, CultureInfo.InvariantCulture);
            }
            catch (Exception error) when (error is InvalidCastException or FormatException or OverflowException)
            {
                throw new EmException(Fault.Configuration, $"query: got {name} = {(value is DBNull ? "NULL" : value)}, expected a whole number.", error);
            }
        };
    }

    private static Dictionary<(string Dataset, long Level), BlockVolume> Volumes(DuckDBConnection connection, string dataFolder)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT dataset, level, path, block_z, block_y, block_x FROM volumes";
        using var reader = command.ExecuteReader();
        var volumes = new Dictionary<(string, long), BlockVolume>();
        while (reader.Read())
        {
            var (dataset, level) = (reader.GetString(0), reader.GetInt32(1));
            var path = Path.GetFullPath(Path.Combine(dataFolder, reader.GetString(2)));
            volumes.Add((dataset, level), new BlockVolume(dataset, path, level, new NdIndex(reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5))));
        }

        return volumes;
    }
}
