using System.Globalization;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Configuration;

/// <summary>What a volume of labels means, and to which image it belongs. Immutable.</summary>
public sealed record LabelConfig
{
    /// <summary>The dataset of its image.</summary>
    public required string Image { get; init; }

    /// <summary>Its own name within the dataset.</summary>
    public required string Name { get; init; }

    /// <summary>"groundtruth" or "prediction".</summary>
    public required string Origin { get; init; }

    /// <summary>What its values mean.</summary>
    public required LabelScheme Scheme { get; init; }

    /// <summary>"manual" or "automatic"; null when nothing states it.</summary>
    public string? Annotation { get; init; }

    public string? Licence { get; init; }

    /// <summary>Counts more than what the source states; null to take that.</summary>
    public VoxelSize? VoxelSize { get; init; }

    /// <summary>
    /// The centre of the first voxel, z, y, x in nm from the centre of the first voxel of the whole image, that is of the source's, not of the
    /// crop's; null to take what the source states.
    /// </summary>
    public (double Z, double Y, double X)? Offset { get; init; }

    /// <summary>The image's block, in which statistics are kept.</summary>
    public required NdIndex ImageBlock { get; init; }

    /// <summary>Whether the image's crop is drawn at random, so that labels may be expected for all of it.</summary>
    public bool ImageIsDrawn { get; init; }

    /// <summary>The folder below the image's Zarr group, '/' between parts.</summary>
    public string Folder => $"{LabelGroups.Folder}/{Origin}/{Name}";

    internal static LabelConfig Of(string image, string name, JsonObject keys) => new()
    {
        Image = image,
        Name = name,
        Origin = (string?)keys["origin"] ?? "groundtruth",
        Scheme = SchemeOf(name, keys),
        Annotation = (string?)keys["annotation"],
        Licence = (string?)keys["licence"],
        VoxelSize = Numbers(keys["voxelSize"]) is [var z, var y, var x] ? new VoxelSize(z, y, x) : null,
        Offset = Numbers(keys["offset"]) is [var dz, var dy, var dx] ? (dz, dy, dx) : null,
        ImageBlock = OutputConfig.Triple(keys["image"]!["block"]!),
        ImageIsDrawn = (bool)keys["image"]!["drawn"]!,
    };

    private static LabelScheme SchemeOf(string name, JsonObject keys)
    {
        var unknown = (keys["unknown"] as JsonArray ?? []).Select(value => Int128.Parse(value!.ToString(), CultureInfo.InvariantCulture));
        return (string?)keys["kind"] == "instances"
            ? LabelScheme.Instances(name, unknown)
            : LabelScheme.OfClasses((keys["classes"] as JsonObject ?? []).ToDictionary(pair => Int128.Parse(pair.Key, CultureInfo.InvariantCulture), pair => (string)pair.Value!), unknown);
    }

    private static double[]? Numbers(JsonNode? node) => (node as JsonArray)?.Select(value => (double)value!).ToArray();
}
