using System.Text.Json.Nodes;

namespace EmPipeline.Stages.Ledgers;

/// <summary>
/// What a stage's result depends on besides the stages before it: just the configuration keys that it reads, its version, and what it
/// reads from outside. JSON with sorted keys: equal text means equal inputs.
/// </summary>
public static class StageInputs
{
    public static JsonObject Of(Stage stage, DatasetDefinition dataset, DataFolder data)
    {
        var result = FromKeys(stage, dataset);
        foreach (var (name, value) in stage.Outside?.Invoke(dataset, data) ?? [])
        {
            if (value is not null)
                result[name] = value;
        }

        return (JsonObject)CanonicalJson.Sort(result)!;
    }

    /// <summary>The part that the configuration alone decides.</summary>
    public static JsonObject FromKeys(Stage stage, DatasetDefinition dataset)
    {
        var result = new JsonObject { ["stage"] = stage.Name, ["version"] = stage.Version };
        foreach (var key in stage.Keys)
        {
            if (dataset.Keys[key] is { } value)
                result[key] = value.DeepClone();
        }

        return (JsonObject)CanonicalJson.Sort(result)!;
    }

    /// <summary>The first member whose value differs, with both values where they are not hashes; null when all are equal.</summary>
    public static string? Difference(JsonNode? was, JsonNode? now) => Difference(was, now, "");

    private static string? Difference(JsonNode? was, JsonNode? now, string key)
    {
        if (JsonNode.DeepEquals(was, now))
            return null;
        if (was is JsonObject wasMap && now is JsonObject nowMap)
        {
            return wasMap.Select(pair => pair.Key).Union(nowMap.Select(pair => pair.Key)).Order(StringComparer.Ordinal)
                .Select(name => Difference(wasMap[name], nowMap[name], key.Length == 0 ? name : $"{key}.{name}")).First(text => text is not null);
        }

        // A hash tells nobody anything.
        if ((was is null || IsHash(was)) && (now is null || IsHash(now)))
            return $"{key} {(was is null ? "is new" : now is null ? "is gone" : "changed")}";
        return $"{key} changed: was {Text(was)}, is {Text(now)}";
    }

    private static bool IsHash(JsonNode node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private static string Text(JsonNode? node) => node?.ToJsonString(CanonicalJson.Line) ?? "not set";
}
