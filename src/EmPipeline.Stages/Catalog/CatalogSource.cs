using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Stages.Verify;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Catalog;

/// <summary>What the ledgers of one complete dataset say, as catalogue rows.</summary>
internal sealed class CatalogSource
{
    private readonly DatasetDefinition _definition;
    private readonly DataFolder _data;
    private readonly FileList _files;
    private readonly ShardList _shards;
    private readonly WrittenVolume _written;

    private CatalogSource(DatasetDefinition definition, DataFolder data, FileList files, ShardList shards, MetadataResult metadata, WrittenVolume written) =>
        (_definition, _data, _files, _shards, Metadata, _written) = (definition, data, files, shards, metadata, written);

    public string Name => _definition.Name;

    public DatasetRecord Dataset => Metadata.Dataset with { Configuration = _definition.Configuration };

    public MetadataResult Metadata { get; }

    /// <summary>How its configuration divides it.</summary>
    public IReadOnlyList<SplitConfig> Splits => SplitConfig.All(_definition.Keys);

    /// <summary>The dataset that it is a cut of; null for none.</summary>
    public string? Within => (string?)_definition.Keys["within"];

    /// <summary>Where its first voxel lies in that dataset's volume; null where that was not found yet.</summary>
    public NdIndex? PlaceWithin => Place("within_z") is { } z && Place("within_y") is { } y && Place("within_x") is { } x ? new NdIndex(z, y, x) : null;

    public IEnumerable<VolumeRecord> Volumes => _written.Levels.Select(level => new VolumeRecord
    {
        Dataset = Name,
        Path = level.Path,
        Level = level.Level,
        Shape = level.Shape,
        Type = VoxelTypes.Parse(_written.Dtype)!.Value,
        VoxelSize = new VoxelSize(level.VoxelSizeNm[0], level.VoxelSizeNm[1], level.VoxelSizeNm[2]),
        VoxelSizeOrigin = Metadata.VoxelSizeOrigin,
        Shard = level.Shard,
        Block = level.Block,
        Chunk = level.Chunk,
        Codec = level.Codec,
        StoredBytes = level.StoredBytes,
    });

    /// <summary>By path; read anew at each enumeration.</summary>
    public IEnumerable<FileRecord> Files => _files.Read(_data.State(Name)).Select(file => new FileRecord
    {
        Dataset = Name,
        Key = file.Path,
        Length = file.Length,
        Sha256 = file.Sha256!,
        ETag = file.ETag,
        SourceUrl = file.Source ?? "",
        PublishedChecksum = (string?)_definition.Keys["checksum"]?[Path.GetFileName(file.Path)],
    });

    /// <summary>The rows of a dataset whose stages are all up to date.</summary>
    public static CatalogSource Read(DatasetDefinition definition, DataFolder data)
    {
        Ledger Of(Stage stage) => Ledger.Read(data.LedgerFile(definition.Name, stage))!;
        var rechunk = Of(Stage.Rechunk);
        return new CatalogSource(
            definition, data, Of(Stage.Verify).ResultAs<VerifyResult>().Verified, rechunk.Shards!, Of(Stage.ExtractMetadata).ResultAs<MetadataResult>(),
            rechunk.ResultAs<WrittenVolume>());
    }

    /// <summary>One row a block, by level, shard, then z, y, x.</summary>
    public IEnumerable<BlockRow> Blocks => _shards.Read(_data).SelectMany(shard => shard.Blocks.Select(block => BlockRow.From(Name, shard, block)));

    /// <summary>What Rechunk found of its sections, by index; read anew at each enumeration.</summary>
    public IEnumerable<SectionRow> Sections => SectionList.Read(_data.Sections(Name)).Select(section => SectionRow.From(Name, section));

    private long? Place(string field) =>
        Metadata.Metadata.FirstOrDefault(row => row.Field == field && row.Chosen) is { } row ? long.Parse(row.Value, CultureInfo.InvariantCulture) : null;
}
