using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Catalog;

/// <summary>
/// One shard: the unit of writing, and of sampling. Positions and extents are voxels of the block's own level; statistics are of the
/// valid voxels, in the volume's own grey values.
/// </summary>
public sealed record BlockRow
{
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

    /// <summary>CRC-32C of the shard's file, eight hexadecimal digits; null for an empty block.</summary>
    public string? Checksum { get; init; }

    /// <summary><see cref="BlockRecord.Written"/> or <see cref="BlockRecord.Empty"/>.</summary>
    public required string State { get; init; }

    /// <summary>The row of one shard that the rechunk engine recorded.</summary>
    public static BlockRow From(string dataset, BlockRecord record) => new()
    {
        Dataset = dataset,
        Level = record.Level,
        Z = record.Origin[0],
        Y = record.Origin[1],
        X = record.Origin[2],
        ValidZ = record.ValidShape[0],
        ValidY = record.ValidShape[1],
        ValidX = record.ValidShape[2],
        Min = record.Min,
        Max = record.Max,
        Mean = record.Mean,
        StandardDeviation = record.StandardDeviation,
        P1 = record.P1,
        P5 = record.P5,
        P25 = record.P25,
        P50 = record.P50,
        P75 = record.P75,
        P95 = record.P95,
        P99 = record.P99,
        FillShare = record.FillShare,
        StoredBytes = record.StoredBytes,
        Checksum = record.Checksum.Length == 0 ? null : record.Checksum,
        State = record.State,
    };
}
