using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>One Zarr array: one resolution level of a dataset. Extents are z, y, x in voxels.</summary>
public sealed record VolumeRecord
{
    public required string Dataset { get; init; }

    /// <summary>The array's folder, '/' between parts, relative to the data folder (the one that holds the catalogue's folder).</summary>
    public required string Path { get; init; }

    /// <summary>0 is the finest.</summary>
    public required int Level { get; init; }

    public required NdIndex Shape { get; init; }

    public required VoxelType Type { get; init; }

    public VoxelSize VoxelSize { get; init; }

    /// <summary>Where the voxel size is stated; null when it is unknown.</summary>
    public string? VoxelSizeOrigin { get; init; }

    /// <summary>The unit of writing: one file.</summary>
    public required NdIndex Shard { get; init; }

    /// <summary>The unit of statistics and sampling.</summary>
    public required NdIndex Block { get; init; }

    /// <summary>The unit of reading.</summary>
    public required NdIndex Chunk { get; init; }

    /// <summary>"zstd:1", "raw".</summary>
    public required string Codec { get; init; }

    /// <summary>Bytes of the array's shard files; its metadata not counted.</summary>
    public required long StoredBytes { get; init; }
}
