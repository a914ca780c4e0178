using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>One dataset of the configuration: where it comes from and what it shows. Null is "nothing states it".</summary>
public sealed record DatasetRecord
{
    /// <summary>The name in <c>pipeline.yaml</c>; the key by which every other table refers to the dataset.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of the configuration file that made it; null where that is not known.</summary>
    public string? Configuration { get; init; }

    public string? Title { get; init; }

    /// <summary>The address from which it is downloaded.</summary>
    public required string Source { get; init; }

    /// <summary>The format in which the source keeps it, as in <c>docs/formats.md</c>.</summary>
    public required string Format { get; init; }

    /// <summary>An SPDX identifier where the licence has one.</summary>
    public string? Licence { get; init; }

    public string? Doi { get; init; }

    public string? Description { get; init; }

    public string? Organism { get; init; }

    /// <summary>What of the organism was imaged: tissue, cell line.</summary>
    public string? Specimen { get; init; }

    /// <summary>FIB-SEM, SBF-SEM, …</summary>
    public string? Technique { get; init; }

    public string? Institution { get; init; }

    /// <summary>ISO 8601, the day.</summary>
    public string? AcquisitionDate { get; init; }

    /// <summary>The first voxel (z, y, x) of the part that was taken, in the source's full resolution; null when all of it was.</summary>
    public NdIndex? CropOrigin { get; init; }

    /// <summary>The extent (z, y, x) of the part that was taken; null when all of it was.</summary>
    public NdIndex? CropShape { get; init; }
}
