namespace EmPipeline.Catalog;

/// <summary>
/// One shard: the unit of writing, and of sampling. Positions and extents are voxels of the block's own level; statistics are of the
/// valid voxels, in the volume's own grey values.
/// </summary>
public sealed record BlockRow
{
    /// <summary>The <see cref="State"/> of a shard that is on disk.</summary>
    public const string Written = "written";

    /// <summary>The <see cref="State"/> of a shard that holds nothing but fill value and was left out.</summary>
    public const string Empty = "empty";

    public required string Dataset { get; init; }

    public required int Level { get; init; }

    /// <summary>The first voxel.</summary>
    public required long Z { get; init; }

    public required long Y { get; init; }

    public required long X { get; init; }

    /// <summary>The extent inside the volume; smaller than a shard at the far edges.</summary>
    public required long ValidZ { get; init; }

    public required long ValidY { get; init; }

    public required long ValidX { get; init; }

    public required double Min { get; init; }

    public required double Max { get; init; }

    public required double Mean { get; init; }

    public required double StandardDeviation { get; init; }

    public required double P1 { get; init; }

    public required double P5 { get; init; }

    public required double P25 { get; init; }

    public required double P50 { get; init; }

    public required double P75 { get; init; }

    public required double P95 { get; init; }

    public required double P99 { get; init; }

    /// <summary>The share, 0 to 1, of valid voxels that are the fill value.</summary>
    public required double FillShare { get; init; }

    public required long StoredBytes { get; init; }

    /// <summary>Of the shard's file; null for an empty block.</summary>
    public string? Checksum { get; init; }

    /// <summary><see cref="Written"/> or <see cref="Empty"/>.</summary>
    public required string State { get; init; }
}
