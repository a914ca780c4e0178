using EmPipeline.Catalog;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Stages.Catalog;

/// <summary>What the ledgers of one complete dataset say, as catalogue rows.</summary>
internal sealed class CatalogSource
{
    private readonly DatasetConfig _config;
    private readonly DataFolder _data;
    private readonly Ledger _download;
    private readonly RechunkLedger _rechunk;

    private CatalogSource(DatasetConfig config, DataFolder data, Ledger download, MetadataResult metadata, RechunkLedger rechunk) =>
        (_config, _data, _download, Metadata, _rechunk) = (config, data, download, metadata, rechunk);

    public string Name => _config.Name;

    public MetadataResult Metadata { get; }

    public IEnumerable<VolumeRecord> Volumes => _rechunk.Levels.Select(level => new VolumeRecord
    {
        Dataset = Name,
        Path = level.Path,
        Level = level.Level,
        Shape = level.Shape,
        Type = VoxelTypes.Parse(_rechunk.Dtype)!.Value,
        VoxelSize = new VoxelSize(level.VoxelSizeNm[0], level.VoxelSizeNm[1], level.VoxelSizeNm[2]),
        VoxelSizeOrigin = Metadata.VoxelSizeOrigin,
        Shard = level.Shard,
        Chunk = level.Chunk,
        Codec = level.Codec,
        StoredBytes = level.StoredBytes,
    });

    public IEnumerable<FileRecord> Files
    {
        get
        {
            var verified = Ledger.Read(_data.LedgerFile(Name, StageName.Verify))!.ResultAs<Dictionary<string, string>>();
            return _download.Files.Select(file => new FileRecord
            {
                Dataset = Name,
                Key = file.Path,
                Length = file.Length,
                Sha256 = verified[file.Path],
                ETag = file.ETag,
                SourceUrl = file.Source ?? "",
                PublishedChecksum = _config.Checksums.GetValueOrDefault(Path.GetFileName(file.Path)),
            });
        }
    }

    /// <summary>The dataset's rows; null when its stages have not all run.</summary>
    public static CatalogSource? Read(DatasetConfig config, DataFolder data)
    {
        var ledgers = Enum.GetValues<StageName>().ToDictionary(stage => stage, stage => Ledger.Read(data.LedgerFile(config.Name, stage)));
        return ledgers.Values.Any(ledger => ledger is null)
            ? null
            : new CatalogSource(
                config, data, ledgers[StageName.Download]!, ledgers[StageName.ExtractMetadata]!.ResultAs<MetadataResult>(),
                ledgers[StageName.Rechunk]!.ResultAs<RechunkLedger>());
    }

    /// <summary>One row a shard, by level, z, y, x.</summary>
    public async IAsyncEnumerable<BlockRow> BlocksAsync()
    {
        await foreach (var block in BlockLines.ReadAsync(Path.Combine(_data.Root, _rechunk.BlocksFile)))
            yield return Row(block);
    }

    private BlockRow Row(BlockRecord block) => new()
    {
        Dataset = Name,
        Level = block.Level,
        Z = block.Origin[0],
        Y = block.Origin[1],
        X = block.Origin[2],
        ValidZ = block.ValidShape[0],
        ValidY = block.ValidShape[1],
        ValidX = block.ValidShape[2],
        Min = block.Min,
        Max = block.Max,
        Mean = block.Mean,
        StandardDeviation = block.StandardDeviation,
        P1 = block.P1,
        P5 = block.P5,
        P25 = block.P25,
        P50 = block.P50,
        P75 = block.P75,
        P95 = block.P95,
        P99 = block.P99,
        FillShare = block.FillShare,
        StoredBytes = block.StoredBytes,
        Checksum = block.Checksum.Length == 0 ? null : block.Checksum,
        State = block.State,
    };
}
