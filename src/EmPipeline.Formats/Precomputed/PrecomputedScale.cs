using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>One entry of "scales" in an <c>info</c> file, turned to z, y, x order. Immutable.</summary>
public sealed record PrecomputedScale
{
    /// <summary>The folder of the scale's chunks, relative to the <c>info</c> file.</summary>
    public required string Key { get; init; }

    /// <summary>Voxels, z, y, x.</summary>
    public required NdIndex Size { get; init; }

    /// <summary>The position of the first voxel in the volume's own coordinates, z, y, x; part of unsharded file names.</summary>
    public required NdIndex VoxelOffset { get; init; }

    /// <summary>The first of "chunk_sizes", z, y, x.</summary>
    public required NdIndex ChunkSize { get; init; }

    public required VoxelSize Resolution { get; init; }

    /// <summary>The centre of the first voxel, nm: an offset of 0 is a corner, which all scales have in common. Null where the resolution is unknown.</summary>
    public (double Z, double Y, double X)? Centre => Resolution is { Z: { } z, Y: { } y, X: { } x }
        ? ((VoxelOffset[0] + 0.5) * z, (VoxelOffset[1] + 0.5) * y, (VoxelOffset[2] + 0.5) * x)
        : null;

    public required PrecomputedEncoding Encoding { get; init; }

    /// <summary>The block of compressed_segmentation, z, y, x; rank 0 with other encodings.</summary>
    public NdIndex BlockSize { get; init; }

    /// <summary>Null when every chunk is a file of its own.</summary>
    public ShardingSpecification? Sharding { get; init; }

    /// <summary>The members of the entry that say more than shape and storage.</summary>
    public IReadOnlyList<MetadataValue> Metadata { get; init; } = [];

    /// <summary>Chunks on each axis, z, y, x.</summary>
    public NdIndex Grid => NdIndex.CeilingDivide(Size, ChunkSize);

    /// <summary>The voxels of the chunk at this grid position, clipped to the volume.</summary>
    public Box ChunkBox(NdIndex cell)
    {
        var origin = cell * ChunkSize;
        return Box.FromEnds(origin, NdIndex.Min(origin + ChunkSize, Size));
    }

    /// <summary>The file name of an unsharded chunk: "x0-x1_y0-y1_z0-z1", ends exclusive, <see cref="VoxelOffset"/> added.</summary>
    public string FileName(NdIndex cell)
    {
        var box = ChunkBox(cell);
        var (from, to) = (box.Origin + VoxelOffset, box.End + VoxelOffset);
        return FormattableString.Invariant($"{from[2]}-{to[2]}_{from[1]}-{to[1]}_{from[0]}-{to[0]}");
    }
}
