using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// What a crop of one scale consists of. Made by <c>PrecomputedCrop.PlanAsync</c>; the same source and box give the same plan.
/// Keeps what it read of the source's indexes for the fetch. Safe for concurrent use.
/// </summary>
public sealed class CropPlan
{
    internal CropPlan(byte[] infoText, VolumePath folder) => (InfoText, Folder) = (infoText, folder);

    /// <summary>The folder of the source's <c>info</c> file; its store is not owned.</summary>
    public required VolumePath Source { get; init; }

    public required PrecomputedInfo Info { get; init; }

    public required PrecomputedScale Scale { get; init; }

    /// <summary>The voxels of the scale that were asked for, z, y, x.</summary>
    public required Box Box { get; init; }

    /// <summary>The <c>info</c> file first, then the files with chunks in the order of their names.</summary>
    public required IReadOnlyList<CropFile> Files { get; init; }

    /// <summary>The sum of all files' estimates.</summary>
    public long EstimatedBytes => Files.Sum(file => file.EstimatedBytes);

    /// <summary>The source's <c>info</c>, byte for byte.</summary>
    internal byte[] InfoText { get; }

    /// <summary>The scale's folder in the source.</summary>
    internal VolumePath Folder { get; }

    /// <summary>Null when the scale is unsharded.</summary>
    internal ShardIndexes? Indexes { get; init; }
}
