using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Storage;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Stages.Publish;

/// <summary>An image or a label as it is published: its shards, then what makes a volume of them. Keys are paths below the data folder.</summary>
/// <param name="Bytes">Of all shards.</param>
/// <param name="Shards">Read anew at each enumeration.</param>
/// <param name="Metadata">Its <c>zarr.json</c>, the group's last.</param>
internal sealed record PublishedVolume(string Name, long Bytes, IEnumerable<UploadItem> Shards, IReadOnlyList<UploadItem> Metadata)
{
    /// <summary>What a catalogue is of: just the files that ledgers answer for, whatever else lies there.</summary>
    public static IReadOnlyList<PublishedVolume> Of(CatalogPlan plan, DataFolder data) =>
        [.. plan.Complete.Select(dataset => Of(dataset.Name, data)), .. plan.Predicted.Select(label => Of(label, data))];

    /// <summary>The groups between images and their labels.</summary>
    public static IReadOnlyList<UploadItem> Groups(CatalogPlan plan, DataFolder data)
    {
        return [.. plan.Complete.Where(dataset => dataset.Label is null).Select(dataset => Path.Combine(data.Zarr(dataset.Name), LabelGroups.Folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Append(folder))
            .Select(folder => Path.Combine(folder, "zarr.json")).Where(File.Exists).Select(path => Small(data, path))];
    }

    /// <summary>A small file, sent last and only over what was there.</summary>
    public static UploadItem Small(DataFolder data, string path) => new(data.Relative(path), path, new FileInfo(path).Length) { IsConditional = true };

    private static PublishedVolume Of(string name, DataFolder data)
    {
        var rechunk = Ledger.Read(data.LedgerFile(name, Stage.Rechunk))!;
        var written = rechunk.ResultAs<WrittenVolume>();
        return new PublishedVolume(
            name,
            written.Levels.Sum(level => level.StoredBytes),
            rechunk.Shards!.Files(data).Select(shard => Item(data, shard, rechunk.Shards.Sha256)),
            MetadataOf(data, Path.Combine(data.Root, written.Zarr), written.Levels.Select(level => Path.GetFileName(level.Path))));
    }

    private static PublishedVolume Of(PredictedSource label, DataFolder data) => new(
        $"{label.Name.Dataset}/{label.Name.Label}",
        label.Volumes.Sum(level => level.StoredBytes),
        label.ShardFiles().Select(shard => Item(data, shard, label.Product)),
        MetadataOf(data, label.Folder, label.Levels));

    private static IReadOnlyList<UploadItem> MetadataOf(DataFolder data, string folder, IEnumerable<string> levels) =>
        [.. levels.Append("").Select(level => Small(data, Path.Combine(folder, level, "zarr.json")))];

    // A table of shards tells what its shards were made from and their statistics: the same table, the same shards.
    private static UploadItem Item(DataFolder data, StoredShard shard, string table) =>
        new(data.Relative(shard.Path), shard.Path, shard.Length, shard.Checksum) { Identity = table };
}
