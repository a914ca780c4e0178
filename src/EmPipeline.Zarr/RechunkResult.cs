using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Zarr;

/// <summary>One level as it was written.</summary>
/// <param name="Path">"s0", "s1", …</param>
public sealed record LevelInfo(string Path, NdIndex Shape, VoxelSize VoxelSize, NdIndex Shard, NdIndex Block, NdIndex Chunk);

/// <summary>What a rechunk left behind.</summary>
/// <param name="Codec">What "auto" came to.</param>
/// <param name="Shards">Every shard with its blocks, by level, then position z, y, x; read from the table of shards whenever it is enumerated, so it takes hardly any memory.</param>
/// <param name="SourceBytesRead">Decoded bytes asked of the source by this run.</param>
/// <param name="BytesWritten">Bytes of the shard files written by this run.</param>
/// <param name="ShardsReused">Shards, written or empty, that an earlier run had finished.</param>
/// <param name="EmptyShards">Shards that have no file, since all of them is fill.</param>
public sealed record RechunkResult(
    IReadOnlyList<LevelInfo> Levels, ShardCodec Codec, IEnumerable<ShardRecord> Shards, long SourceBytesRead, long BytesWritten,
    int ShardsWritten, int ShardsReused, int EmptyShards)
{
    /// <summary>The quality of the sections, by index; empty where nobody asked.</summary>
    public IReadOnlyList<SectionRecord> Sections { get; init; } = [];
}
