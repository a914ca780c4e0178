namespace EmPipeline.Volumes.Rechunk;

/// <summary>How far a shard is.</summary>
public enum ShardState : byte
{
    /// <summary>Still to be made.</summary>
    Missing,

    /// <summary>It is a file.</summary>
    Written,

    /// <summary>Every voxel has the fill value, so there is no file.</summary>
    Empty,
}

/// <summary>A finished shard, the unit of writing: made once, whole, with its blocks.</summary>
/// <param name="Level">The pyramid level, 0 the finest.</param>
/// <param name="Position">In the level's grid of shards, z, y, x.</param>
/// <param name="State">Written or empty.</param>
/// <param name="StoredBytes">The size of the shard's file; 0 for an empty shard.</param>
/// <param name="Checksum">CRC-32C of the shard's file; 0 for an empty shard.</param>
/// <param name="Blocks">The blocks that have valid voxels, in C order.</param>
public sealed record ShardRecord(int Level, NdIndex Position, ShardState State, long StoredBytes, uint Checksum, IReadOnlyList<BlockRecord> Blocks);
