using System.Text.Json.Nodes;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Configuration;

/// <summary>The content of a <c>pipeline.yaml</c>, checked, defaults filled in. Immutable.</summary>
/// <param name="Path">The file, as a full path; relative <c>file:</c> sources start from its folder.</param>
public sealed record PipelineConfig(string Path, IReadOnlyList<DatasetConfig> Datasets)
{
    /// <summary>The dataset of this name.</summary>
    /// <exception cref="EmException">There is none.</exception>
    public DatasetConfig Dataset(string name) =>
        Datasets.FirstOrDefault(dataset => dataset.Name == name) ?? throw new EmException(
            Fault.Configuration, $"--dataset: got '{name}', expected one of {string.Join(", ", Datasets.Select(dataset => dataset.Name))} ({Path}).");
}

/// <summary>One dataset of the configuration.</summary>
public sealed record DatasetConfig
{
    public required string Name { get; init; }

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

    public IReadOnlyList<RegistryEntry> Metadata { get; init; } = [];

    /// <summary>Field → value, as a page or paper states it.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Field → value that counts more than anything the source states.</summary>
    public IReadOnlyDictionary<string, string> Override { get; init; } = new Dictionary<string, string>();

    /// <summary>File name → "md5:…" or "sha256:…", as published for the source.</summary>
    public IReadOnlyDictionary<string, string> Checksums { get; init; } = new Dictionary<string, string>();

    public required OutputConfig Output { get; init; }

    /// <summary>The dataset's keys as they stand in the file, defaults merged in and paths made absolute; what stage inputs are cut from.</summary>
    public required JsonObject Raw { get; init; }
}

/// <summary>Where the voxels come from.</summary>
/// <param name="Kind">http, s3, precomputed or file.</param>
/// <param name="Address">As in the file; a path of kind file is already absolute.</param>
/// <param name="Level">One array or scale below the address.</param>
public sealed record SourceConfig(SourceKind Kind, string Address, string? Level, string Region, double? RequestsPerSecond);

public enum SourceKind
{
    Http,
    S3,
    Precomputed,
    File,
}

/// <summary>The part of a volume that is used.</summary>
/// <param name="Shape">z, y, x in voxels of the finest level.</param>
/// <param name="Origin">z, y, x; null for random.</param>
/// <param name="Tissue">The least share of voxels that must be tissue in a random crop.</param>
public sealed record CropConfig(NdIndex Shape, NdIndex? Origin, ulong Seed, double Tissue);

/// <summary>An entry of a public registry that describes the dataset.</summary>
public sealed record RegistryEntry(string Registry, long Id);

/// <summary>How a dataset is written.</summary>
/// <param name="Block">The unit of statistics and sampling; "auto" is resolved.</param>
/// <param name="Codec">auto, raw, zstd or zstd:LEVEL.</param>
/// <param name="Levels">Null for automatic.</param>
public sealed record OutputConfig(NdIndex Shard, NdIndex Block, NdIndex Chunk, string Codec, int? Levels, long MemoryBytes, string Downsample);
