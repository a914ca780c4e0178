using EmPipeline.Catalog;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Catalog;

/// <summary>A label as catalogue rows, wherever it came from. What may be long is read anew at each enumeration.</summary>
internal abstract class LabelRows
{
    public abstract (string Dataset, string Origin, string Label) Name { get; }

    public abstract IEnumerable<LabelVolumeRecord> Volumes { get; }

    public abstract IEnumerable<LabelClassRecord> Classes { get; }

    /// <summary>By z, y, x, then class.</summary>
    public IEnumerable<LabelBlockRow> Blocks => OpenStatistics().Blocks().Select(tally => LabelBlockRow.From(Name.Dataset, Name.Origin, Name.Label, tally));

    /// <summary>By z, y, x, then class.</summary>
    public IEnumerable<LabelChunkRow> Chunks => OpenStatistics().Chunks().Select(tally => LabelChunkRow.From(Name.Dataset, Name.Origin, Name.Label, tally));

    /// <summary>By level, then position.</summary>
    public IEnumerable<LabelShardRow> Shards => ReadShards().Select(shard => LabelShardRow.From(Name.Dataset, Name.Origin, Name.Label, shard));

    protected abstract LabelStatisticsFile OpenStatistics();

    protected abstract IEnumerable<ShardRecord> ReadShards();
}
