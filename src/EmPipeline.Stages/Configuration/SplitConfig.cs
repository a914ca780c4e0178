using System.Text.Json.Nodes;
using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Configuration;

/// <summary>How the configuration divides its datasets into parts for training, validation and test.</summary>
/// <param name="Shares">The parts, in the order of the file.</param>
/// <param name="Cell">z, y, x in voxels of level 0; null: four blocks of the dataset.</param>
/// <param name="Halo">z, y, x in voxels of level 0; null: half a block of the dataset, which costs no block more than none would.</param>
public sealed record SplitConfig(string Name, long Seed, IReadOnlyList<SplitShare> Shares, NdIndex? Cell, NdIndex? Halo)
{
    /// <summary>The splits among a dataset's keys, in ordinal order.</summary>
    internal static IReadOnlyList<SplitConfig> All(JsonObject keys) =>
        (keys["splits"] as JsonObject ?? []).Select(pair => Of(pair.Key, (JsonObject)pair.Value!)).OrderBy(split => split.Name, StringComparer.Ordinal).ToList();

    private static SplitConfig Of(string name, JsonObject keys) => new(
        name, (long?)keys["seed"] ?? 0, [.. ((JsonObject)keys["shares"]!).Select(pair => new SplitShare(pair.Key, (double)pair.Value!))],
        keys["cell"] is { } cell ? OutputConfig.Triple(cell) : null, keys["halo"] is { } halo ? OutputConfig.Triple(halo) : null);
}
