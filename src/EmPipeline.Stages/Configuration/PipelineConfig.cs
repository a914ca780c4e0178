using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Configuration;

/// <summary>The content of a <c>pipeline.yaml</c>, checked, defaults filled in. Immutable.</summary>
/// <param name="Path">The file, as a full path; relative <c>file:</c> sources start from its folder.</param>
public sealed record PipelineConfig(string Path, IReadOnlyList<DatasetConfig> Datasets)
{
    /// <summary>Where the tasks of a stage that can be divided run.</summary>
    public ExecutorConfig Executor { get; init; } = new();

    /// <summary>What plans count money with; null: they count none.</summary>
    public PriceTable? Prices { get; init; }

    /// <summary>Bytes a second that Download may fetch, over all datasets; null for all that the network brings.</summary>
    public double? Bandwidth { get; init; }

    /// <summary>Everything that goes through the stages: each dataset, followed by its labels.</summary>
    public IEnumerable<DatasetConfig> Units => Datasets.SelectMany(dataset => dataset.Units);

    /// <summary>The dataset, or the label "DATASET/LABEL", of this name.</summary>
    /// <exception cref="EmException">There is none.</exception>
    public DatasetConfig Dataset(string name) =>
        Units.FirstOrDefault(unit => unit.Name == name) ?? throw new EmException(
            Fault.Configuration, $"--dataset: got '{name}', expected one of {string.Join(", ", Units.Select(unit => unit.Name))} ({Path}).");
}

/// <summary>One dataset of the configuration, or one label of it: what goes through the stages by itself.</summary>
public sealed record DatasetConfig
{
    /// <summary>"DATASET", or "DATASET/LABEL".</summary>
    public required string Name { get; init; }

    /// <summary>Where the configuration defines it, as its error messages say: "datasets.NAME", "datasets.NAME.labels.LABEL".</summary>
    public required string Place { get; init; }

    /// <summary>What its voxels mean; null for an image.</summary>
    public LabelConfig? Label { get; init; }

    /// <summary>Of an image, its labels.</summary>
    public IReadOnlyList<DatasetConfig> Labels { get; init; } = [];

    /// <summary>The dataset that it is a cut of, voxel for voxel, at a place that is to be found; null for none.</summary>
    public DatasetConfig? Within { get; init; }

    /// <summary>Itself, then its labels.</summary>
    public IEnumerable<DatasetConfig> Units => [this, .. Labels];

    /// <summary>The full path of the configuration file that defines it.</summary>
    public required string Configuration { get; init; }

    public string? Title { get; init; }

    public required SourceConfig Source { get; init; }

    /// <summary>A format's name; null to recognise it by content.</summary>
    public string? Format { get; init; }

    /// <summary>The array inside the source; null for the first.</summary>
    public string? Volume { get; init; }

    /// <summary>The position on axes that are not z, y, x.</summary>
    public IReadOnlyDictionary<char, long> Select { get; init; } = new Dictionary<char, long>();

    public CropConfig? Crop { get; init; }

    /// <summary>Whether a part of it may be used: labels have the part that lies in their image's.</summary>
    public bool IsCropped => Crop is not null || Label is not null;

    public IReadOnlyList<RegistryEntry> Metadata { get; init; } = [];

    /// <summary>Field → value, as a page or paper states it.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Field → value that counts more than anything the source states.</summary>
    public IReadOnlyDictionary<string, string> Override { get; init; } = new Dictionary<string, string>();

    /// <summary>File name → "md5:…" or "sha256:…", as published for the source.</summary>
    public IReadOnlyDictionary<string, string> Checksums { get; init; } = new Dictionary<string, string>();

    public required OutputConfig Output { get; init; }

    /// <summary>The keys as they stand in the file, defaults merged in and paths made absolute; what stage inputs are cut from. An image's are without its labels'.</summary>
    public required JsonObject Raw { get; init; }

    /// <param name="configuration">The full path of the configuration file.</param>
    /// <param name="keys">Checked, defaults merged in.</param>
    internal static DatasetConfig Of(string configuration, string name, JsonObject keys) => new()
    {
        Name = name,
        Place = $"datasets.{name}",
        Configuration = configuration,
        Title = (string?)keys["title"],
        Source = SourceConfig.Of((JsonObject)keys["source"]!),
        Format = (string?)keys["format"],
        Volume = (string?)keys["volume"],
        Select = Map(keys["select"], value => (long)value!).ToDictionary(pair => pair.Key[0], pair => pair.Value),
        Crop = keys["crop"] is JsonObject crop ? CropConfig.Of(crop) : null,
        Metadata = Entries(keys).Distinct().ToList(),
        Facts = Map(keys["facts"], Text),
        Override = Map(keys["override"], Text),
        Checksums = Map(keys["checksum"], value => (string)value!),
        Output = OutputConfig.Of(keys),
        Raw = keys,
    };

    /// <summary>The label <paramref name="name"/> of a dataset.</summary>
    internal static DatasetConfig LabelOf(string configuration, string dataset, string name, JsonObject keys) => Of(configuration, $"{dataset}/{name}", keys) with
    {
        Place = $"datasets.{dataset}.labels.{name}",
        Label = LabelConfig.Of(dataset, name, keys),
    };

    // Of a source that is a registry's entry the registry is asked without being named twice.
    private static IEnumerable<RegistryEntry> Entries(JsonObject keys) => (keys["metadata"] as JsonArray ?? []).Select(entry => ((JsonObject)entry!).First())
        .Concat(((JsonObject)keys["source"]!).Where(pair => pair.Key is "empiar" or "idr")).Select(entry => new RegistryEntry(entry.Key, (long)entry.Value!));

    private static string Text(JsonNode? value) => value!.GetValueKind() == JsonValueKind.String ? (string)value! : value.ToJsonString();

    private static Dictionary<string, T> Map<T>(JsonNode? node, Func<JsonNode?, T> convert) =>
        (node as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => convert(pair.Value));
}

/// <summary>The part of a volume that is used.</summary>
/// <param name="Shape">z, y, x in voxels of the finest level.</param>
/// <param name="Origin">z, y, x; null for random.</param>
/// <param name="Tissue">The least share of voxels that must be tissue in a random crop.</param>
public sealed record CropConfig(NdIndex Shape, NdIndex? Origin, ulong Seed, double Tissue)
{
    internal static CropConfig Of(JsonObject crop) => new(
        OutputConfig.Triple(crop["shape"]!), crop["origin"] is JsonArray origin ? OutputConfig.Triple(origin) : null,
        (ulong?)(long?)crop["seed"] ?? 0, (double?)crop["tissue"] ?? 0);
}

/// <summary>An entry of a public registry that describes the dataset.</summary>
public sealed record RegistryEntry(string Registry, long Id);

/// <summary>How a dataset is written.</summary>
/// <param name="Block">The unit of statistics and sampling; "auto" is resolved.</param>
/// <param name="Codec">auto, raw, zstd, lz4, zstd:LEVEL or lz4:LEVEL.</param>
/// <param name="Levels">Null for automatic.</param>
public sealed record OutputConfig(NdIndex Shard, NdIndex Block, NdIndex Chunk, string Codec, int? Levels, long MemoryBytes, string Downsample)
{
    internal static OutputConfig Of(JsonObject keys)
    {
        var memory = (string)keys["memory"]!;
        var unit = memory.EndsWith("GiB", StringComparison.Ordinal) ? 1L << 30 : 1L << 20;
        var (shard, chunk) = (Triple(keys["shard"]!), Triple(keys["chunk"]!));
        var block = keys["block"] is JsonArray given ? Triple(given) : new RechunkOptions { Shard = shard, Chunk = chunk }.Block;
        return new OutputConfig(
            shard, block, chunk, (string)keys["codec"]!, keys["levels"]!.GetValueKind() == JsonValueKind.Number ? (int)keys["levels"]! : null,
            long.Parse(memory[..^3], CultureInfo.InvariantCulture) * unit, (string)keys["downsample"]!);
    }

    internal static NdIndex Triple(JsonNode node) => new(node.AsArray().Select(value => (long)value!).ToArray());
}
