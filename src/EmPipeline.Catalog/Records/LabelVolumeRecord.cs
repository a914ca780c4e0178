using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>One Zarr array of a label: one resolution level. Extents are z, y, x in the label's own voxels, which need not be the image's.</summary>
public sealed record LabelVolumeRecord
{
    public required string Dataset { get; init; }

    /// <summary>"groundtruth" or "prediction".</summary>
    public required string Origin { get; init; }

    /// <summary>The label's name within its origin.</summary>
    public required string Label { get; init; }

    /// <summary>0 is the finest.</summary>
    public required int Level { get; init; }

    /// <summary>"instances": every value but background is an object. "classes": values mean classes.</summary>
    public required string Kind { get; init; }

    /// <summary>"manual" or "automatic"; null when nothing states it.</summary>
    public string? Annotation { get; init; }

    /// <summary>An SPDX identifier where the licence has one; null when nothing states it.</summary>
    public string? Licence { get; init; }

    /// <summary>The address from which it came; what a prediction was made by.</summary>
    public required string Source { get; init; }

    /// <summary>The array's folder, '/' between parts, relative to the data folder (the one that holds the catalogue's folder).</summary>
    public required string Path { get; init; }

    public required VoxelType Type { get; init; }

    public required NdIndex Shape { get; init; }

    /// <summary>Known along every axis: labels are matched to their image in nanometres.</summary>
    public required VoxelSize VoxelSize { get; init; }

    /// <summary>Where the centre of the first voxel lies, nm; 0 is the centre of the image's first voxel at level 0.</summary>
    public (double Z, double Y, double X) Centre { get; init; }

    /// <summary>The unit of writing: one file.</summary>
    public required NdIndex Shard { get; init; }

    /// <summary>The unit in which it was rechunked.</summary>
    public required NdIndex Block { get; init; }

    /// <summary>The unit of reading, and of <c>label_chunks</c>.</summary>
    public required NdIndex Chunk { get; init; }

    /// <summary>"zstd:1", "raw".</summary>
    public required string Codec { get; init; }

    /// <summary>Bytes of the array's shard files; its metadata not counted.</summary>
    public required long StoredBytes { get; init; }
}
