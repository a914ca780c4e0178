namespace EmPipeline.Catalog;

/// <summary>Everything that a catalogue holds. The lists may come in any order; files, blocks and what labels say of places, which are streamed, may not.</summary>
public sealed record CatalogContent
{
    public IReadOnlyList<DatasetRecord> Datasets { get; init; } = [];

    /// <summary>The datasets of the data folder that are not in the catalogue; no other table says anything of them.</summary>
    public IReadOnlyList<LeftOutRecord> LeftOut { get; init; } = [];

    public IReadOnlyList<VolumeRecord> Volumes { get; init; } = [];

    /// <summary>In ascending order of dataset, key (ordinal) without repeats; enumerated more than once and never held whole.</summary>
    public IEnumerable<FileRecord> Files { get; init; } = [];

    public IReadOnlyList<LabelVolumeRecord> LabelVolumes { get; init; } = [];

    public IReadOnlyList<LabelClassRecord> LabelClasses { get; init; } = [];

    /// <summary>How datasets are divided into parts; which block is of which part follows from these and the volumes.</summary>
    public IReadOnlyList<SplitRecord> Splits { get; init; } = [];

    /// <summary>What is known of the sections of each volume's finest level.</summary>
    public IReadOnlyList<SectionRow> Sections { get; init; } = [];

    /// <summary>How the stages of earlier runs went.</summary>
    public IReadOnlyList<RunRow> Runs { get; init; } = [];

    /// <summary>For the report alone; of datasets that have some.</summary>
    public IReadOnlyList<DatasetPictures> Pictures { get; init; } = [];

    public IReadOnlyList<MetadataRecord> Metadata { get; init; } = [];

    public IReadOnlyList<ConflictRecord> Conflicts { get; init; } = [];

    /// <summary>Read once and never held whole, in any order; of datasets of <see cref="Datasets"/>.</summary>
    public IAsyncEnumerable<AttributeRow> Attributes { get; init; } = AsyncEnumerable.Empty<AttributeRow>();

    /// <summary>
    /// One row a shard, read once and never held whole, in ascending order of dataset (ordinal), level, z, y, x without repeats.
    /// The order is what makes the files reproducible, and range queries fast, without an index in memory.
    /// </summary>
    public IAsyncEnumerable<BlockRow> Blocks { get; init; } = AsyncEnumerable.Empty<BlockRow>();

    /// <summary>Read once and never held whole, in ascending order of dataset, origin, label (ordinal), z, y, x, class (ordinal) without repeats.</summary>
    public IAsyncEnumerable<LabelBlockRow> LabelBlocks { get; init; } = AsyncEnumerable.Empty<LabelBlockRow>();

    /// <summary>Read once and never held whole, in ascending order of dataset, origin, label (ordinal), z, y, x, class (ordinal) without repeats.</summary>
    public IAsyncEnumerable<LabelChunkRow> LabelChunks { get; init; } = AsyncEnumerable.Empty<LabelChunkRow>();

    /// <summary>
    /// Read once and never held whole, in ascending order of dataset, origin, label (ordinal), level, shard z, y, x without repeats. All shards of a
    /// label or none: of a label without a row nothing is known.
    /// </summary>
    public IAsyncEnumerable<LabelShardRow> LabelShards { get; init; } = AsyncEnumerable.Empty<LabelShardRow>();
}
