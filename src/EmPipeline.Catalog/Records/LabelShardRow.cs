using System.Globalization;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Catalog;

/// <summary>One shard of a label, of whatever level: what <see cref="BlockRow"/> says of an image's.</summary>
public sealed record LabelShardRow
{
    public required string Dataset { get; init; }

    public required string Origin { get; init; }

    public required string Label { get; init; }

    public required int Level { get; init; }

    /// <summary>The position in the level's grid of shards.</summary>
    public required long ShardZ { get; init; }

    public required long ShardY { get; init; }

    public required long ShardX { get; init; }

    /// <summary>The size of its file; 0 when there is none.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>CRC-32C of its file, eight hexadecimal digits; null when there is none.</summary>
    public string? Checksum { get; init; }

    /// <summary>"written" or "empty".</summary>
    public required string State { get; init; }

    /// <summary>The row of a shard that the rechunk engine recorded.</summary>
    public static LabelShardRow From(string dataset, string origin, string label, ShardRecord shard) => new()
    {
        Dataset = dataset,
        Origin = origin,
        Label = label,
        Level = shard.Level,
        ShardZ = shard.Position[0],
        ShardY = shard.Position[1],
        ShardX = shard.Position[2],
        StoredBytes = shard.StoredBytes,
        Checksum = shard.State == ShardState.Written ? shard.Checksum.ToString("x8", CultureInfo.InvariantCulture) : null,
        State = shard.State == ShardState.Written ? "written" : "empty",
    };
}
