using System.Globalization;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Configuration;

/// <summary>Reads <c>pipeline.yaml</c>.</summary>
public static class ConfigReader
{
    private static readonly JsonObject BuiltInDefaults = (JsonObject)JsonNode.Parse("""
        { "shard": [128, 128, 128], "block": "auto", "chunk": [32, 32, 32], "codec": "auto", "levels": "auto", "memory": "512MiB", "downsample": "auto" }
        """)!;

    // What a label takes from its dataset where it says nothing else.
    private static readonly string[] Inherited = [.. BuiltInDefaults.Select(pair => pair.Key).Where(key => key is "shard" or "chunk" or "levels" or "memory")];

    /// <exception cref="EmException">The file is absent, not YAML, or wrong; the message names every line and key.</exception>
    /// <param name="text">Its content; null for what the file has.</param>
    public static PipelineConfig Read(string file, string? text = null)
    {
        var document = ConfigDocument.Read(Path.GetFullPath(file), text);
        ConfigSchema.Check(document);
        var defaults = Right(document, "defaults", document.Root["defaults"]);
        var datasets = (document.Root["datasets"] as JsonObject ?? []).Select(pair => Read(document, pair.Key, pair.Value, defaults)).ToList();
        foreach (var twin in datasets.GroupBy(dataset => dataset.Name, StringComparer.OrdinalIgnoreCase).SelectMany(same => same.Skip(1)))
            document.Report($"datasets.{twin.Name}", "a name that differs from another only in case", "one that is another folder everywhere");
        foreach (var (name, keys, _) in datasets)
            CheckWithin(document, name, (string?)keys["within"], datasets.FirstOrDefault(dataset => dataset.Name == (string?)keys["within"]).Keys);
        var splits = SplitRules.Read(document);
        document.ThrowIfWrong();
        foreach (var (_, keys, _) in datasets)
        {
            // A dataset is divided as its own configuration says, whichever else works in the data folder.
            if (splits is not null)
                keys["splits"] = splits.DeepClone();
        }

        return new PipelineConfig(document.File, datasets.Select(dataset => Dataset(dataset.Name, dataset.Keys) with
        {
            Labels = [.. dataset.Labels.Select(label => DatasetConfig.LabelOf(document.File, dataset.Name, label.Name, label.Keys))],
            Within = (string?)dataset.Keys["within"] is { } whole ? Dataset(whole, datasets.First(other => other.Name == whole).Keys) : null,
        }).ToList()) { Executor = ExecutorConfig.Of(document.Root["executor"]), Prices = PriceTable.Of(document.Root["prices"]), Bandwidth = Bandwidth(document.Root["download"]) };

        DatasetConfig Dataset(string name, JsonObject keys) => DatasetConfig.Of(document.File, name, keys);
    }

    // "50MB/s", as the schema has it.
    private static double? Bandwidth(JsonNode? download) => (string?)download?["bandwidth"] is { } text
        ? double.Parse(text[..^4], CultureInfo.InvariantCulture) * text[^4] switch { 'k' => 1e3, 'M' => 1e6, _ => 1e9 }
        : null;

    private static void CheckWithin(ConfigDocument document, string name, string? within, JsonObject? whole)
    {
        if (within is not null && (whole is null || within == name || whole.ContainsKey("within")))
            document.Report($"datasets.{name}.within", $"'{within}'", "the name of another dataset, which is itself within none");
    }

    private static (string Name, JsonObject Keys, List<(string Name, JsonObject Keys)> Labels) Read(ConfigDocument document, string name, JsonNode? node, JsonObject defaults)
    {
        var path = $"datasets.{name}";
        var own = Right(document, path, node);
        var keys = Merge(document, own, defaults);
        keys.Remove("labels");
        var rules = new DatasetRules(document, path, own, [("defaults", defaults)]);
        rules.CheckName(name);
        rules.Check(keys);
        var labels = ((node as JsonObject)?["labels"] as JsonObject ?? [])
            .Select(label => (label.Key, LabelKeys(document, $"{path}.labels.{label.Key}", label.Key, label.Value, [(path, own), ("defaults", defaults)], keys))).ToList();
        return (name, keys, labels);
    }

    /// <summary>A label's keys, with what its dataset and the defaults say of output, and what it has to know of its image.</summary>
    private static JsonObject LabelKeys(ConfigDocument document, string path, string name, JsonNode? node, IReadOnlyList<(string Path, JsonObject Keys)> outer, JsonObject image)
    {
        var own = Right(document, path, node);
        var keys = Merge(document, own, new JsonObject(Inherited.Select(key => KeyValuePair.Create(key, image[key]?.DeepClone()))));
        new DatasetRules(document, path, own, outer).Check(keys);
        new LabelRules(document, path).Check(name, keys);
        var block = OutputConfig.Of(image).Block;
        keys["image"] = new JsonObject { ["block"] = new JsonArray(block[0], block[1], block[2]), ["drawn"] = image["crop"]?["origin"] is JsonValue };
        return keys;
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
