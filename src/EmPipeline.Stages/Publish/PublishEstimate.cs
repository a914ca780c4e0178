using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Stages.Publish;

/// <summary>What it takes to publish a volume that is not there yet, on paper.</summary>
public static class PublishEstimate
{
    /// <summary>All shards of all levels, raw, none of them empty. Chunks that lie outside of the volume take nothing; of each shard the average is taken.</summary>
    public static UploadCounts Of(IReadOnlyList<LevelGrid> levels, VoxelType type, UploaderOptions options)
    {
        var sum = default(UploadCounts);
        foreach (var level in levels)
        {
            var (shards, chunks) = (level.Grid.Volume, NdIndex.CeilingDivide(level.Shape, level.Chunk).Volume);
            var perShard = NdIndex.FloorDivide(level.Shard, level.Chunk).Volume;
            // Each chunk ends with its checksum; so does the index, of 16 bytes a chunk.
            var bytes = (chunks * ((level.Chunk.Volume * type.Size()) + sizeof(uint))) + (shards * ((16 * perShard) + sizeof(uint)));
            sum += new UploadCounts(shards, bytes, 0, shards * options.PutsOf(bytes / shards));
        }

        return sum;
    }
}
