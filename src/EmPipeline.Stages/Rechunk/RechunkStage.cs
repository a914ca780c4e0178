using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Stages.Verify;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Stages.Rechunk;

/// <summary>Writes the used part of the volume as an OME-Zarr group of sharded arrays, and its table of shards.</summary>
internal static class RechunkStage
{
    public static async Task<StageProduct> RunAsync(StageContext context, Ledger download, Ledger verify, Ledger metadata, CancellationToken cancellation)
    {
        var (name, data) = (context.Dataset.Name, context.Data);
        var (described, identity) = (metadata.ResultAs<MetadataResult>(), SourceIdentity(context, download, verify));
        RequireImage(context);
        await RechunkTasks.RunAsync(context, download, described, identity, cancellation);
        // Rechunk takes all cores and its whole memory budget: datasets take turns, while others download.
        using var turn = await ExclusiveFile.AcquireAsync(data.RechunkTurn, cancellation);
        await using var volume = await SourceVolume.OpenAsync(context, download, cancellation);
        VerifyInputs.Check(context, verify);
        var size = volume.Zyx.Info.Type.Size();
        var total = volume.Region.Volume * size;
        var progress = new VoxelProgress(context.Progress, total, size);
        var output = context.Zarr;
        var options = Options(context, identity, described.VoxelSizeNm, described.LabelCentreNm);
        // What listing very many files left behind is not kept through hours of work.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        RechunkResult result;
        try
        {
            result = await ZarrRechunk.RunAsync(volume.Zyx, volume.Region, output, data.ShardTable(name), options, progress, cancellation);
            VerifyInputs.Check(context, verify);
        }
        catch when (!VerifyInputs.Hold(context, verify))
        {
            // The shards are of no one content: without their table the next run makes them all anew.
            File.Delete(data.ShardTable(name));
            if (Directory.Exists(data.Portions(name)))
                Directory.Delete(data.Portions(name), recursive: true);
            throw;
        }

        using var table = ShardTable.Open(data.ShardTable(name));
        var files = new List<LedgerFile>();
        foreach (var path in result.Levels.Select(level => level.Path).Append("").Select(path => Path.Combine(output, path, "zarr.json")))
            files.Add(await FileAsync(data, path, cancellation));
        if (context.Dataset.Label is not null)
        {
            await LabelCounts.WriteAsync(context, described, cancellation);
            files.Add(await FileAsync(data, data.LabelStatistics(name), cancellation));
        }
        else
        {
            await SectionList.WriteAsync(data.Sections(name), result.Sections, cancellation);
            files.Add(await FileAsync(data, data.Sections(name), cancellation));
        }

        var shards = new ShardList(
            data.Relative(data.ShardTable(name)), table.Key, table.Length, await FileHash.Sha256Async(data.ShardTable(name), cancellation: cancellation), data.Relative(output));
        var codec = result.Codec.ToString();
        var levels = result.Levels.Select((level, i) => new WrittenLevel(
            i, $"{data.Relative(output)}/{level.Path}", level.Shape, [level.VoxelSize.Z, level.VoxelSize.Y, level.VoxelSize.X], level.Shard, level.Block, level.Chunk, codec,
            table.StoredBytes(table.Levels[i]))).ToList();
        var written = new WrittenVolume(data.Relative(output), described.Dtype, levels);
        var reused = result.ShardsReused > 0 ? $", {result.ShardsReused} kept" : "";
        var empty = result.EmptyShards > 0 ? $", {result.EmptyShards} empty" : "";
        return new StageProduct(files, written, new StageOutcome(total, $"{Counted.Of(result.ShardsWritten, "shard")} written{reused}{empty}, {Counted.Of(levels.Count, "level")}, {codec}")) { Shards = shards };
    }

    // The image's folder is made by its own Rechunk: one that is there already could be anybody's.
    private static void RequireImage(StageContext context)
    {
        if (context.Dataset.Label is { } label && context.Data.Zarr(label.Image) is var image && !ZarrRechunk.Made(image))
            throw new EmException(Fault.Configuration, $"{image}: got no image there, expected that of the labels. Run ./build.sh Rechunk --dataset {label.Image} first.");
    }

    private static async Task<LedgerFile> FileAsync(DataFolder data, string path, CancellationToken cancellation) =>
        new(data.Relative(path), new FileInfo(path).Length, await FileHash.Sha256Async(path, cancellation: cancellation));

    // Shards follow from the raw bytes, as Verify read them, and how they are read; a new address or time of the same bytes changes nothing.
    private static string SourceIdentity(StageContext context, Ledger download, Ledger verify)
    {
        var fetched = download.ResultAs<DownloadResult>();
        // A chunk's voxels follow from its bytes and its place.
        var root = Path.GetFullPath(Path.Combine(context.Data.Root, fetched.Root));
        var registry = fetched.Registry.Select(document => document.Path).ToHashSet(StringComparer.Ordinal);
        using var files = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in verify.ResultAs<VerifyResult>().Verified.Read(context.Data.State(context.Dataset.Name)).Where(file => !registry.Contains(file.Path)))
        {
            var place = Path.GetRelativePath(root, context.Data.Locate(file)).Replace(Path.DirectorySeparatorChar, '/');
            files.AppendData(Encoding.UTF8.GetBytes($"{place} {file.Length} {file.Sha256}\n"));
        }

        return CanonicalJson.Sha256(
            $"{Convert.ToHexStringLower(files.GetHashAndReset())}\n{fetched.Open}\n{Keys(context).ToJsonString()}\n{(fetched.Crop is { } crop ? CanonicalJson.Text(crop) : "")}");
    }

    // What values mean has no part in how they are stored.
    private static JsonObject Keys(StageContext context)
    {
        var keys = StageInputs.FromKeys(Stage.Rechunk, context.Definition);
        foreach (var key in Stage.LabelKeys)
            keys.Remove(key);
        return keys;
    }

    /// <summary>What a run of the stage, or a task of it, is to make.</summary>
    internal static RechunkOptions Options(StageContext context, string identity, double?[] voxelSizeNm, double[]? labelCentreNm)
    {
        var output = context.Dataset.Output;
        return new RechunkOptions
        {
            Name = context.Dataset.Label?.Name ?? context.Dataset.Name,
            SourceIdentity = identity,
            Shard = output.Shard,
            Block = output.Block,
            Chunk = output.Chunk,
            Codec = ShardCodec.Parse(output.Codec),
            Levels = output.Levels,
            MemoryBytes = output.MemoryBytes,
            Threads = context.Threads,
            VoxelSize = new VoxelSize(voxelSizeNm[0], voxelSizeNm[1], voxelSizeNm[2]),
            Downsample = output.Downsample switch { "mean" => DownsampleMethod.Mean, "mode" => DownsampleMethod.Mode, _ => null },
            Label = context.Dataset.Label is { } label ? Description(label, labelCentreNm) : null,
            SectionTablePath = context.Dataset.Label is null ? context.Data.SectionTable(context.Dataset.Name) : null,
            PortionsFolder = context.Data.Portions(context.Dataset.Name),
        };
    }

    private static LabelDescription Description(LabelConfig label, double[]? centreNm) => new()
    {
        Origin = label.Origin,
        Name = label.Name,
        Scheme = label.Scheme,
        Centre = centreNm is [var z, var y, var x] ? (z, y, x) : default,
        Annotation = label.Annotation,
    };

    private sealed class VoxelProgress(IProgress<StageProgress> progress, long total, int size) : IProgress<RechunkProgress>
    {
        public void Report(RechunkProgress value) => progress.Report(new StageProgress(value.VoxelsDone * size, total));
    }
}
