using System.Text.Json;
using DuckDB.NET.Data;
using EmPipeline.Catalog.Schema;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

/// <summary>
/// Holds SQL from outside to one SELECT over the catalogue's tables. DuckDB parses it and gives the tree, so that what is checked is what runs;
/// the tree's tables and table functions must be known ones.
/// </summary>
internal static class QueryCheck
{
    // Far beyond the depth of expressions that DuckDB itself takes.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 65_536 };

    private static readonly IReadOnlyList<string> Tables =
    [
        Schema.Tables.Datasets.Name, Schema.Tables.LeftOut.Name, Schema.Tables.Volumes.Name, Schema.Tables.Files.Name, Schema.Tables.Metadata.Name, Schema.Tables.Conflicts.Name, Schema.Tables.Attributes.Name,
        Schema.Tables.Blocks.Name, LabelTables.Volumes.Name, LabelTables.Classes.Name, LabelTables.Blocks.Name, LabelTables.Chunks.Name, LabelTables.Shards.Name, SplitTables.Splits.Name, SplitTables.Blocks.Name, SectionTables.Sections.Name, RunTables.Runs.Name,
    ];

    private static readonly HashSet<string> TableFunctions = ["generate_series", "range", "unnest"];

    // They tell of the machine, not of the data; write; or take for two long texts hours in which DuckDB does not see that it is to stop.
    private static readonly HashSet<string> ForbiddenFunctions =
        ["current_setting", "getenv", "getvariable", "write_log", "levenshtein", "damerau_levenshtein", "editdist3", "jaro_similarity", "jaro_winkler_similarity"];

    /// <summary>The tables and views that may be asked, for messages.</summary>
    public static string Known { get; } = $"Tables: {string.Join(", ", Tables)}. Views: {string.Join(", ", Views.Names)}.";

    /// <summary>Whether a table or view of this name may be asked.</summary>
    public static bool IsKnown(string name) => Tables.Concat(Views.Names).Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="EmException">It is not SQL, not one SELECT, or reaches beyond the catalogue.</exception>
    public static void Run(DuckDBConnection connection, string query)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT json_serialize_sql($1::VARCHAR)";
        command.Parameters.Add(new DuckDBParameter(query));
        using var tree = Parse((string)command.ExecuteScalar()!);
        var root = tree.RootElement;
        if (root.GetProperty("error").GetBoolean())
        {
            var message = root.GetProperty("error_message").GetString();
            throw message?.StartsWith("Only SELECT", StringComparison.Ordinal) == true ? Wrong("a statement that is not a SELECT", "one SELECT") : Wrong($"SQL that cannot be read ({message})", "one SELECT");
        }

        var statements = root.GetProperty("statements").GetArrayLength();
        if (statements != 1)
            throw Wrong($"{statements} statements", "one SELECT");
        Check(root, new Lazy<HashSet<string>>(() => DuckDbsOwn(connection)));

        JsonDocument Parse(string json)
        {
            try
            {
                return JsonDocument.Parse(json, Deep);
            }
            catch (JsonException)
            {
                // DuckDB writes what is beyond a double as a word that JSON has not.
                throw Wrong("a number that no double holds", "smaller ones");
            }
        }

        EmException Wrong(string got, string expected) => new(Fault.Configuration, $"query: got {got}, expected {expected}.\nThe query was: {query}\n{Known}");
    }

    /// <summary>What DuckDB itself has under a name that needs no schema, of the machine and of its own inside.</summary>
    private static HashSet<string> DuckDbsOwn(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT view_name FROM duckdb_views() WHERE internal AND schema_name <> 'information_schema'";
        using var reader = command.ExecuteReader();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read())
            names.Add(reader.GetString(0));
        return names;
    }

    /// <summary>Visits every object of the tree, without recursion: whoever writes the query says how deep it is.</summary>
    private static void Check(JsonElement root, Lazy<HashSet<string>> duckDbsOwn)
    {
        var known = Tables.Concat(Views.Names).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var named = new List<JsonElement>();
        var rest = new Stack<JsonElement>([root]);
        while (rest.TryPop(out var element))
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                    rest.Push(item);
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                {
                    rest.Push(property.Value);
                    if (!property.NameEquals("cte_map"))
                        continue;
                    foreach (var name in property.Value.GetProperty("map").EnumerateArray().Select(entry => entry.GetProperty("key").GetString()!))
                    {
                        // A name counts wherever it is met, and so must mean nothing else there. Nor may it be a file's.
                        if (duckDbsOwn.Value.Contains(name) || name.AsSpan().ContainsAny(":/\\."))
                            throw Refused($"'{name}' as a name", "one that means nothing else");
                        known.Add(name);
                    }
                }

                CheckFunction(element);
                if (Text(element, "type") is "BASE_TABLE" or "SHOW_REF")
                    named.Add(element);
                if (Text(element, "type") == "VALUE_PARAMETER")
                    throw Refused("a parameter ($1, ?)", "its value");
            }
        }

        // After all names that the query itself gives are known.
        foreach (var table in named)
            CheckTable(table, known);
    }

    private static void CheckFunction(JsonElement element)
    {
        if (Text(element, "type") == "TABLE_FUNCTION" && element.TryGetProperty("function", out var function) && !TableFunctions.Contains(Text(function, "function_name")))
            throw Refused($"the table function '{Text(function, "function_name")}'", $"only {string.Join(", ", TableFunctions)}");
        if (ForbiddenFunctions.Contains(Text(element, "function_name")))
            throw Refused($"the function '{Text(element, "function_name")}'", "only what concerns the data");
    }

    private static void CheckTable(JsonElement table, HashSet<string> known)
    {
        var (catalog, schema, name) = (Text(table, "catalog_name"), Text(table, "schema_name"), Text(table, "table_name"));
        var isDescription = Text(table, "type") == "SHOW_REF" && table.GetProperty("query").ValueKind == JsonValueKind.Object;
        if (!isDescription && (catalog.Length > 0 || schema is not ("" or "main") || !known.Contains(name)))
            throw Refused($"'{string.Join('.', new[] { catalog, schema, name }.Where(part => part.Length > 0))}'", "the catalogue's own tables and views");
    }

    private static string Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static EmException Refused(string got, string expected) => new(Fault.Configuration, $"query: got {got}, expected {expected}. {Known}");
}
