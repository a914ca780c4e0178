using System.Globalization;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Catalog;

/// <summary>
/// One block: the unit of statistics and sampling. Positions and extents are voxels of the block's own level; statistics are of the
/// valid voxels that are finite numbers, in the volume's own grey values.
/// </summary>
public sealed record BlockRow
{
    public required string Dataset { get; init; }

    public required int Level { get; init; }

    /// <summary>The first voxel.</summary>
    public required long Z { get; init; }

    public required long Y { get; init; }

    public required long X { get; init; }

    /// <summary>The extent inside the volume; smaller than a block at the far edges.</summary>
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

    /// <summary>The share, 0 to 1, of valid voxels that lie in inner chunks of one value only.</summary>
    public required double BlankShare { get; init; }

    /// <summary>How many valid voxels are NaN or infinite.</summary>
    public required long NotFinite { get; init; }

    /// <summary>The position, in the level's grid of shards, of the shard it lies in.</summary>
    public required long ShardZ { get; init; }

    public required long ShardY { get; init; }

    public required long ShardX { get; init; }

    /// <summary>The size of the shard's file, which other blocks may share; 0 when there is none.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>CRC-32C of the shard's file, eight hexadecimal digits; null when there is none.</summary>
    public string? Checksum { get; init; }

    /// <summary>"written" or "empty", of the shard.</summary>
    public required string State { get; init; }

    /// <summary>The row of one block of a shard that the rechunk engine recorded.</summary>
    public static BlockRow From(string dataset, ShardRecord shard, BlockRecord record) => new()
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
        BlankShare = record.BlankShare,
        NotFinite = record.NotFinite,
        ShardZ = shard.Position[0],
        ShardY = shard.Position[1],
        ShardX = shard.Position[2],
        StoredBytes = shard.StoredBytes,
        Checksum = shard.State == ShardState.Written ? shard.Checksum.ToString("x8", CultureInfo.InvariantCulture) : null,
        State = shard.State == ShardState.Written ? "written" : "empty",
    };
}
