using System.Globalization;
using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;
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
        Seed(connection);
        using var run = new CheckedQuery(connection, Narrow(connection, Complete(query, connection), limits, cancellation), limits, MostBlocks, cancellation);
        var reader = run.Reader;
        var (level, z, y, x) = (Numbers(reader, 1), Numbers(reader, 2), Numbers(reader, 3), Numbers(reader, 4));
        var blocks = new List<BlockRef>();
        while (run.Read())
        {
            var dataset = Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture) ?? "";
            if (!volumes.TryGetValue((dataset, level()), out var volume))
                throw new EmException(Fault.Configuration, $"query: got a row of dataset '{dataset}' level {level()}, expected datasets and levels of the volumes table.");
            blocks.Add(new BlockRef(volume, z(), y(), x()));
        }

        return blocks;
    }

    /// <summary>A condition becomes a query on the view of blocks to train on; a query stays as it is.</summary>
    public static string Complete(string query, DuckDBConnection connection)
    {
        var text = QueryText.Trim(query);
        var view = CatalogTables.Has(connection, LabelledBlocks.Name) ? LabelledBlocks.Name : "training_blocks";
        if (text.Length == 0)
            return $"SELECT * FROM {view}";
        foreach (var start in (ReadOnlySpan<string>)["SELECT", "WITH", "FROM", "("])
        {
            var rest = text.Length > start.Length ? text[start.Length] : ' ';
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase) && (start != "(" ? char.IsWhiteSpace(rest) : IsParenthesisedQuery(text)))
                return text;
        }

        return $"SELECT * FROM {view} WHERE ({text})";
    }

    /// <summary>What a query draws at random is the same each time: ranks have to agree, and a run that goes on with the one before.</summary>
    private static void Seed(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT setseed(0)";
        command.ExecuteNonQuery();
    }

    private static bool IsParenthesisedQuery(string text) =>
        text.TrimStart('(', ' ', '\n', '\t').StartsWith("SELECT ", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The same rows with just the columns that are needed, in that order: of a hundred thousand blocks drawn from ten million the other
    /// columns would take most of the time.
    /// </summary>
    private static string Narrow(DuckDBConnection connection, string query, QueryLimits limits, CancellationToken cancellation)
    {
        // As it stands it must be one SELECT, before it stands within another.
        QueryCheck.Run(connection, query);
        var source = $"({query})";
        using var columns = new CheckedQuery(connection, $"SELECT * FROM {source} LIMIT 0", limits, MostBlocks, cancellation);
        var names = Enumerable.Range(0, columns.Reader.FieldCount).Select(columns.Reader.GetName).ToList();
        var found = Needed.Select(needed => names.Find(name => name.Equals(needed, StringComparison.OrdinalIgnoreCase))).ToArray();
        return found.All(name => name is not null)
            ? $"SELECT {string.Join(", ", found.Select(name => $"\"{name}\""))} FROM {source}"
            : throw new EmException(
                Fault.Configuration,
                $"query: got columns {string.Join(", ", names)}; expected at least {string.Join(", ", Needed)}. Start from SELECT * FROM training_blocks.");
    }

    /// <summary>Reads a column of the row at hand, without a box where it is of the type that the tables have.</summary>
    private static Func<long> Numbers(DuckDBDataReader reader, int column)
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
                throw new EmException(Fault.Configuration, $"query: got {Needed[column]} = {(value is DBNull ? "NULL" : value)}, expected a whole number.", error);
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
            var path = CatalogAddress.Locate(dataFolder, reader.GetString(2));
            volumes.Add((dataset, level), new BlockVolume(dataset, path, level, new NdIndex(reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5))));
        }

        return volumes;
    }
}
