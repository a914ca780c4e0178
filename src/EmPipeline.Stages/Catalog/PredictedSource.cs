using EmPipeline.Catalog;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Stages.Catalog;

/// <summary>A label that was predicted, as catalogue rows: no stage made it, so that what Predict left beside it is all that is known.</summary>
internal sealed class PredictedSource : LabelRows
{
    private const string Origin = "prediction";
    private readonly DataFolder _data;
    private readonly string _dataset;
    private readonly string _folder;
    private readonly PredictedLabel _record;

    private PredictedSource(DataFolder data, string dataset, string folder, PredictedLabel record) => (_data, _dataset, _folder, _record) = (data, dataset, folder, record);

    public override (string Dataset, string Origin, string Label) Name => (_dataset, Origin, Path.GetFileName(_folder));

    /// <summary>Its folder.</summary>
    public string Folder => _folder;

    /// <summary>The paths of its levels below that.</summary>
    public IEnumerable<string> Levels => _record.Levels.Select(level => level.Path);

    /// <summary>The files of its shards, read anew at each enumeration.</summary>
    public IEnumerable<StoredShard> ShardFiles()
    {
        using var table = ShardTable.Open(Whole(PredictedLabel.ShardsName, _record.Shards));
        foreach (var shard in table.Files(_folder))
            yield return shard;
    }

    public override IEnumerable<LabelVolumeRecord> Volumes => _record.Levels.Select((level, i) => new LabelVolumeRecord
    {
        Dataset = _dataset,
        Origin = Origin,
        Label = Name.Label,
        Level = i,
        Kind = "classes",
        Annotation = "automatic",
        Source = _record.Model,
        Path = $"{_data.Relative(_folder)}/{level.Path}",
        Type = VoxelTypes.Parse(_record.Dtype)!.Value,
        Shape = new NdIndex(level.Shape),
        VoxelSize = new VoxelSize(level.VoxelSizeNm[0], level.VoxelSizeNm[1], level.VoxelSizeNm[2]),
        Centre = (level.CentreNm[0], level.CentreNm[1], level.CentreNm[2]),
        Shard = new NdIndex(level.Shard),
        Block = new NdIndex(level.Block),
        Chunk = new NdIndex(level.Chunk),
        Codec = level.Codec,
        StoredBytes = level.StoredBytes,
    });

    public override IEnumerable<LabelClassRecord> Classes =>
        _record.Classes.Select(pair => new LabelClassRecord(_dataset, Origin, Name.Label, pair.Key, pair.Value, true, Probabilities(pair.Key))).Append(new LabelClassRecord(_dataset, Origin, Name.Label, null, null, true));

    /// <summary>What the rows follow from: the record names the checksums of all that they are read from.</summary>
    public string Product => CanonicalJson.Sha256(CanonicalJson.Text(_record));

    /// <summary>The finished predictions of a dataset, by name; and those that say nothing of it as it is now, with the reason.</summary>
    /// <param name="image">SHA-256 of the dataset's table of shards.</param>
    public static (IReadOnlyList<PredictedSource> Found, IReadOnlyList<(string Label, string Why)> Others) Find(DataFolder data, string dataset, string image)
    {
        var (found, others) = (new List<PredictedSource>(), new List<(string, string)>());
        var root = Path.Combine(data.Zarr(dataset), LabelGroups.Folder, Origin);
        foreach (var folder in Directory.Exists(root) ? Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var label = Path.GetFileName(folder);
            try
            {
                if (PredictedLabel.Read(folder) is not { } record)
                    continue;
                var source = new PredictedSource(data, dataset, folder, record);
                if (record.Image != image)
                    others.Add((label, "its image is another since it was predicted; run Predict again"));
                else if (source.Damage() is { } damage)
                    others.Add((label, damage));
                else
                    found.Add(source);
            }
            catch (EmException error)
            {
                others.Add((label, error.Message));
            }
        }

        return (found, others);
    }

    /// <summary>What of its files is not what it ended with; null where all is. Here, since later it would stop the whole catalogue.</summary>
    private string? Damage()
    {
        try
        {
            Whole(PredictedLabel.ShardsName, _record.Shards);
            Whole(PredictedLabel.StatisticsName, _record.Statistics);
            return null;
        }
        catch (EmException error)
        {
            return error.Message;
        }
    }

    private string? Probabilities(string value) => _record.Probabilities.TryGetValue(value, out var path) ? $"{_data.Relative(_data.Zarr(_dataset))}/{path}" : null;

    protected override LabelStatisticsFile OpenStatistics() => LabelStatisticsFile.Open(Whole(PredictedLabel.StatisticsName, _record.Statistics));

    protected override IEnumerable<ShardRecord> ReadShards() => ShardTable.Read(Whole(PredictedLabel.ShardsName, _record.Shards));

    private string Whole(string name, string sha256)
    {
        var path = Path.Combine(_folder, name);
        return File.Exists(path) && FileHash.Sha256Async(path).GetAwaiter().GetResult() == sha256
            ? path
            : throw EmException.Corrupt(path, $"got no such file, or another one than the prediction ended with, expected that one. Run Predict again, or delete {_folder}; then run again.");
    }
}
