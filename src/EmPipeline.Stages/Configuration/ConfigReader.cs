using System.Globalization;
using System.Text.Json.Nodes;
using EmPipeline.Formats;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Configuration;

/// <summary>Reads <c>pipeline.yaml</c>.</summary>
public static class ConfigReader
{
    private static readonly string[] OutputKeys = ["shard", "block", "chunk", "codec", "levels", "memory", "downsample"];

    private static readonly JsonObject BuiltInDefaults = (JsonObject)JsonNode.Parse("""
        { "shard": [128, 128, 128], "block": "auto", "chunk": [32, 32, 32], "codec": "auto", "levels": "auto", "memory": "512MiB", "downsample": "auto" }
        """)!;

    /// <exception cref="EmException">The file is absent, not YAML, or breaks the schema; the message names every line and key.</exception>
    public static PipelineConfig Read(string file)
    {
        file = Path.GetFullPath(file);
        var document = YamlToJson.Read(file);
        ConfigSchema.Check(document);
        var defaults = document.Root["defaults"] as JsonObject;
        var datasets = ((JsonObject)document.Root["datasets"]!)
            .Select(pair => ReadDataset(document, pair.Key, (JsonObject)pair.Value!, defaults)).ToList();
        return new PipelineConfig(file, datasets);
    }

    private static DatasetConfig ReadDataset(YamlToJson document, string name, JsonObject own, JsonObject? defaults)
    {
        var path = $"datasets.{name}";
        if (name.Length == 0 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) || name[0] is '.' or '-')
            throw Wrong(document, path, $"'{name}'", "a name of letters, digits, '-', '_' and '.': it becomes a folder");

        var raw = (JsonObject)own.DeepClone();
        foreach (var key in OutputKeys)
            raw[key] ??= (defaults?[key] ?? BuiltInDefaults[key])!.DeepClone();

        var format = (string?)raw["format"];
        if (format is not null && FormatRegistry.Find(format) is null)
            throw Wrong(document, $"{path}.format", $"'{format}'", "one of " + string.Join(", ", FormatRegistry.All.Select(known => known.Name)));

        var output = ReadOutput(raw);
        for (var axis = 0; axis < 3; axis++)
        {
            if (output.Shard[axis] % output.Chunk[axis] != 0)
                throw Wrong(document, own.ContainsKey("chunk") ? $"{path}.chunk" : $"{path}.shard", output.Chunk.ToString(), $"a chunk that divides the shard {output.Shard}");
            if (output.Shard[axis] % output.Block[axis] != 0 || output.Block[axis] % output.Chunk[axis] != 0 || output.Block[axis] % 2 != 0)
            {
                throw Wrong(
                    document, own.ContainsKey("block") ? $"{path}.block" : $"{path}.shard", output.Block.ToString(),
                    $"an even block that divides the shard {output.Shard} and is a multiple of the chunk {output.Chunk}");
            }
        }

        var source = ReadSource(document, path, (JsonObject)raw["source"]!);
        var crop = ReadCrop(raw["crop"] as JsonObject);

        return new DatasetConfig
        {
            Name = name,
            Configuration = document.File,
            Title = (string?)raw["title"],
            Source = source,
            Format = format,
            Volume = (string?)raw["volume"],
            Select = Map(raw["select"], value => (long)value!).ToDictionary(pair => Axis(document, path, pair.Key), pair => pair.Value),
            Crop = crop,
            Metadata = (raw["metadata"] as JsonArray ?? []).Select(entry => ((JsonObject)entry!).First())
                .Select(entry => new RegistryEntry(entry.Key, (long)entry.Value!)).ToList(),
            Facts = Map(raw["facts"], Text),
            Override = Map(raw["override"], Text),
            Checksums = Map(raw["checksum"], value => (string)value!),
            Output = output,
            Raw = raw,
        };
    }

    private static OutputConfig ReadOutput(JsonObject raw)
    {
        var memory = (string)raw["memory"]!;
        var unit = memory.EndsWith("GiB", StringComparison.Ordinal) ? 1L << 30 : 1L << 20;
        var (shard, chunk) = (Triple(raw["shard"]!), Triple(raw["chunk"]!));
        var block = raw["block"] is JsonArray given ? Triple(given) : new RechunkOptions { Shard = shard, Chunk = chunk }.Block;
        return new OutputConfig(
            shard, block, chunk, (string)raw["codec"]!,
            raw["levels"]!.GetValueKind() == System.Text.Json.JsonValueKind.Number ? (int)raw["levels"]! : null,
            long.Parse(memory[..^3], CultureInfo.InvariantCulture) * unit, (string)raw["downsample"]!);
    }

    private static SourceConfig ReadSource(YamlToJson document, string path, JsonObject source)
    {
        (string Key, SourceKind Kind)[] kinds = [("http", SourceKind.Http), ("s3", SourceKind.S3), ("precomputed", SourceKind.Precomputed), ("file", SourceKind.File)];
        var given = kinds.Where(kind => source.ContainsKey(kind.Key)).ToList();
        if (given.Count != 1)
        {
            throw Wrong(document, $"{path}.source", given.Count == 0 ? "none of them" : string.Join(" and ", given.Select(kind => kind.Key)),
                "exactly one of http, s3, precomputed and file");
        }

        var address = (string)source[given[0].Key]!;
        if (given[0].Kind == SourceKind.File)
            source["file"] = address = Path.GetFullPath(address, Path.GetDirectoryName(document.File)!);
        return new SourceConfig(given[0].Kind, address, (string?)source["level"], (string?)source["region"] ?? "us-east-1", (double?)source["requestsPerSecond"]);
    }

    private static CropConfig? ReadCrop(JsonObject? crop) => crop is null ? null : new CropConfig(
        Triple(crop["shape"]!), crop["origin"] is JsonArray ? Triple(crop["origin"]!) : null, (ulong?)(long?)crop["seed"] ?? 0, (double?)crop["tissue"] ?? 0);

    private static string Text(JsonNode? value) => value!.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value! : value.ToJsonString();

    private static NdIndex Triple(JsonNode node) => new(node.AsArray().Select(value => (long)value!).ToArray());

    private static Dictionary<string, T> Map<T>(JsonNode? node, Func<JsonNode?, T> convert) =>
        (node as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => convert(pair.Value));

    private static char Axis(YamlToJson document, string path, string name) => name.Length == 1 && char.IsAsciiLetterLower(name[0])
        ? name[0]
        : throw Wrong(document, $"{path}.select.{name}", $"'{name}'", "an axis letter, such as c or t");

    private static EmException Wrong(YamlToJson document, string path, string got, string expected) =>
        new(Fault.Configuration, $"{document.File}:{document.LineOf(path)}: {path}: got {got}, expected {expected}.");
}
