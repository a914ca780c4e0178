using System.Globalization;
using EmPipeline.Catalog;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Catalog;

/// <summary>What the ledgers of one complete label say, as catalogue rows.</summary>
internal sealed class LabelSource : LabelRows
{
    private readonly LabelConfig _label;
    private readonly string _source;
    private readonly string _statistics;
    private readonly MetadataResult _metadata;
    private readonly WrittenVolume _written;
    private readonly ShardList _shards;
    private readonly DataFolder _data;

    private LabelSource(LabelConfig label, string source, DataFolder data, string statistics, MetadataResult metadata, WrittenVolume written, ShardList shards) =>
        (_label, _source, _data, _statistics, _metadata, _written, _shards) = (label, source, data, statistics, metadata, written, shards);

    public override (string Dataset, string Origin, string Label) Name => (_label.Image, _label.Origin, _label.Name);

    public override IEnumerable<LabelVolumeRecord> Volumes => _written.Levels.Select(level => new LabelVolumeRecord
    {
        Dataset = _label.Image,
        Origin = _label.Origin,
        Label = _label.Name,
        Level = level.Level,
        Kind = Kind,
        Annotation = _label.Annotation,
        Licence = _label.Licence,
        Source = _source,
        Path = level.Path,
        Type = VoxelTypes.Parse(_written.Dtype)!.Value,
        Shape = level.Shape,
        VoxelSize = new VoxelSize(level.VoxelSizeNm[0], level.VoxelSizeNm[1], level.VoxelSizeNm[2]),
        Centre = (Centre(level, 0), Centre(level, 1), Centre(level, 2)),
        Shard = level.Shard,
        Block = level.Block,
        Chunk = level.Chunk,
        Codec = level.Codec,
        StoredBytes = level.StoredBytes,
    });

    public override IEnumerable<LabelClassRecord> Classes
    {
        get
        {
            foreach (var (value, meaning) in _label.Scheme.Classes.OrderBy(pair => pair.Key))
                yield return Class(value, meaning, known: true);
            foreach (var value in _label.Scheme.Unknown)
                yield return Class(value, null, known: false);
            if (_label.Scheme.Kind == LabelKind.Instances && !_label.Scheme.Unknown.Contains(0))
                yield return Class(0, null, known: true);
            yield return Class(null, _label.Scheme.Kind == LabelKind.Instances ? _label.Name : null, known: true);
        }
    }

    private string Kind => _label.Scheme.Kind == LabelKind.Instances ? "instances" : "classes";

    /// <summary>The rows of a label whose stages are all up to date.</summary>
    public static LabelSource Read(DatasetDefinition definition, DataFolder data)
    {
        Ledger Of(Stage stage) => Ledger.Read(data.LedgerFile(definition.Name, stage))!;
        var rechunk = Of(Stage.Rechunk);
        return new LabelSource(
            definition.Label!, SourceConfig.Of((System.Text.Json.Nodes.JsonObject)definition.Keys["source"]!).Address, data, data.LabelStatistics(definition.Name),
            Of(Stage.ExtractMetadata).ResultAs<MetadataResult>(), rechunk.ResultAs<WrittenVolume>(), rechunk.Shards!);
    }

    protected override LabelStatisticsFile OpenStatistics() => LabelStatisticsFile.Open(_statistics);

    protected override IEnumerable<ShardRecord> ReadShards() => _shards.Read(_data);

    // A merged voxel's centre lies in the middle of those that it was merged from.
    private double Centre(WrittenLevel level, int axis) =>
        _metadata.LabelCentreNm![axis] + ((level.VoxelSizeNm[axis]!.Value - _metadata.VoxelSizeNm[axis]!.Value) / 2);

    private LabelClassRecord Class(Int128? value, string? meaning, bool known) =>
        new(_label.Image, _label.Origin, _label.Name, value?.ToString(CultureInfo.InvariantCulture), meaning, known);
}
