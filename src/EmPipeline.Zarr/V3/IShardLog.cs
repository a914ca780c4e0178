using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Zarr.V3;

/// <summary>Where finished shards are recorded.</summary>
internal interface IShardLog
{
    /// <summary>Records finished shards, and returns when they are on the disk.</summary>
    void Write(IEnumerable<ShardRecord> shards);
}
