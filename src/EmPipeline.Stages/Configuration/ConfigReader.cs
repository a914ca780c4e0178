using System.Text.Json.Nodes;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Configuration;

/// <summary>Reads <c>pipeline.yaml</c>.</summary>
public static class ConfigReader
{
    private static readonly JsonObject BuiltInDefaults = (JsonObject)JsonNode.Parse("""
        { "shard": [128, 128, 128], "block": "auto", "chunk": [32, 32, 32], "codec": "auto", "levels": "auto", "memory": "512MiB", "downsample": "auto" }
        """)!;

    /// <exception cref="EmException">The file is absent, not YAML, or wrong; the message names every line and key.</exception>
    public static PipelineConfig Read(string file)
    {
        var document = ConfigDocument.Read(Path.GetFullPath(file));
        ConfigSchema.Check(document);
        var defaults = Right(document, "defaults", document.Root["defaults"]);
        var datasets = (document.Root["datasets"] as JsonObject ?? []).Select(pair => (Name: pair.Key, Own: Right(document, $"datasets.{pair.Key}", pair.Value)))
            .Select(dataset => (dataset.Name, dataset.Own, Keys: Merge(document, dataset.Own, defaults))).ToList();
        foreach (var (name, own, keys) in datasets)
            new DatasetRules(document, name, own, defaults).Check(keys);
        foreach (var twin in datasets.GroupBy(dataset => dataset.Name, StringComparer.OrdinalIgnoreCase).SelectMany(same => same.Skip(1)))
            document.Report($"datasets.{twin.Name}", "a name that differs from another only in case", "one that is another folder everywhere");
        document.ThrowIfWrong();
        return new PipelineConfig(document.File, datasets.Select(dataset => DatasetConfig.Of(document.File, dataset.Name, dataset.Keys)).ToList());
    }

    // What breaks the schema is left out, so that the other keys can be checked beside it.
    private static JsonObject Right(ConfigDocument document, string path, JsonNode? keys) => new(
        (keys as JsonObject ?? []).Where(pair => !document.IsWrong($"{path}.{pair.Key}")).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static JsonObject Merge(ConfigDocument document, JsonObject own, JsonObject defaults)
    {
        var keys = (JsonObject)own.DeepClone();
        foreach (var (key, value) in BuiltInDefaults)
            keys[key] ??= (defaults[key] ?? value)!.DeepClone();
        // Relative paths start from the configuration's folder.
        if ((string?)keys["source"]?["file"] is { } path)
            keys["source"]!["file"] = Path.GetFullPath(path, Path.GetDirectoryName(document.File)!);
        return keys;
    }
}
