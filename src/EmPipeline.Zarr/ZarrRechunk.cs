using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Json;
using EmPipeline.Zarr.Labels;
using EmPipeline.Zarr.Sections;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr;

/// <summary>
/// Writes a region of any volume as OME-Zarr 0.5: a pyramid of sharded Zarr v3 arrays. Can be killed at any moment and run again: finished
/// shards stay, the rest is made, and the result is the same bytes whatever the number of threads or kills.
/// </summary>
public static class ZarrRechunk
{
    // Part of the plan's key: raise it when the same options make other bytes.
    private const int OutputVersion = 2;
    // Of the memory, for encoded parts of large shards whose turn in the file has not come.
    private const int WaitingShare = 8;

    /// <param name="source">Rank 3, axes "zyx". Not disposed.</param>
    /// <param name="region">The voxels to write, in the source's own.</param>
    /// <param name="outputFolder">The volume's folder; made when it does not exist. Its metadata appears last, when all shards are durable.</param>
    /// <param name="tablePath">The <see cref="ShardTable"/>'s file, outside <paramref name="outputFolder"/> or in it.</param>
    /// <exception cref="EmException">The options make no sense, the source failed, or the disk did.</exception>
    public static async Task<RechunkResult> RunAsync(
        IVolumeReader source, Box region, string outputFolder, string tablePath, RechunkOptions options,
        IProgress<RechunkProgress>? progress = null, CancellationToken cancellation = default)
    {
        Check(source.Info, region, options);
        var type = source.Info.Type;
        var levels = LevelGrid.Pyramid(region.Shape, type, options.Shard, options.Block, options.Chunk, options.Levels, options.VoxelSize);
        var method = options.Downsample ?? (options.Label is null ? DownsampleMethods.DefaultFor(type) : DownsampleMethod.Mode);
        var workers = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var plan = RechunkPlan.For(levels, source.Info, region, options.MemoryBytes, workers);
        var fill = new byte[type.Size()];
        var folder = new ShardFolder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(outputFolder)));
        CheckLabel(source.Info, folder.Root, options);
        Directory.CreateDirectory(folder.Root);
        VolumeOwnership.Take(folder.Root);

        var key = PlanKey(source.Info, region, options, levels, method);
        using var earlier = ShardTable.OpenToWrite(tablePath);
        var goesOn = earlier is not null && earlier.Key == key && earlier.Levels.SequenceEqual(levels);
        ShardCodec codec;
        ShardStates finished;
        if (goesOn)
        {
            codec = ShardCodec.Parse(earlier!.Codec);
            finished = EarlierRun.Settle(folder, earlier);
        }
        else
        {
            EarlierRun.Clear(folder);
            codec = options.Codec is not { IsAuto: true } ? options.Codec
                : options.Label is null ? await CodecChoice.MakeAsync(source, region, options, cancellation) : ShardCodec.OfLabels(type);
            finished = new ShardStates(levels);
        }

        using var table = goesOn ? earlier! : ShardTable.Create(tablePath, key, codec.ToString(), levels);
        await using var store = new LocalStore(folder.Root);
        var readers = levels.Select(level => Reader(store, level, type, codec)).ToArray();
        using var sink = new ShardSink(folder, table, finished, codec, levels, type.Size(), readers, options.MemoryBytes / WaitingShare, source.Info.IsComputed);
        using var sections = options.SectionTablePath is { } sectionPath && options.Label is null && SectionGrid.For(levels[0], type) is { } sectionGrid
            ? SectionTable.Open(sectionPath, key, sectionGrid, goesOn)
            : null;
        var engine = new RechunkEngine(source, levels, plan, method, fill, sink, workers, progress, areNumbers: options.Label is null, sections);
        EngineResult result;
        try
        {
            result = await engine.RunAsync(cancellation);
        }
        finally
        {
            // Also after an error: what is finished is kept.
            await sink.CompleteAsync();
        }

        var window = options.Label is null ? await DisplayWindow.MeasureAsync(Reader(store, levels[^1], type, codec), options.Chunk, cancellation) : null;
        var quality = sections is null ? [] : await SectionQuality.JudgeAsync(sections, Reader(store, levels[0], type, codec), fill, workers, cancellation);
        WriteMetadata(folder, levels, type, codec, options, method, window);
        return new RechunkResult(
            [.. levels.Select(level => Describe(level, options.VoxelSize))], codec, ShardTable.Read(Path.GetFullPath(tablePath)), result.SourceBytesRead, result.BytesWritten,
            result.ShardsWritten, result.ShardsReused, result.EmptyShards) { Sections = quality };
    }

    /// <summary>Whether a folder holds a volume that this class made, or was stopped while making.</summary>
    public static bool Made(string folder) => VolumeOwnership.IsOurs(folder);

    private static void Check(VolumeInfo info, Box region, RechunkOptions options)
    {
        if (info.Shape.Rank != 3 || info.Axes != "zyx")
            throw EmException.Unsupported(info.Name.Length == 0 ? info.Format : info.Name, $"rechunking an array with axes {info.Axes} (a ZyxView makes it z, y, x)");
        if (region.Rank != 3 || region.IsEmpty || !Box.Whole(info.Shape).Contains(region))
            throw new EmException(Fault.Configuration, $"crop: got {region}, expected a box inside {Box.Whole(info.Shape)}.");
        var (shard, block, chunk) = (options.Shard, options.Block, options.Chunk);
        if (shard.Rank != 3 || block.Rank != 3 || chunk.Rank != 3
            || Enumerable.Range(0, 3).Any(axis => chunk[axis] < 1 || block[axis] < 1 || shard[axis] < 1
                || shard[axis] % block[axis] != 0 || block[axis] % chunk[axis] != 0 || block[axis] % 2 != 0))
        {
            throw new EmException(
                Fault.Configuration,
                $"shard, block, chunk: got {shard}, {block} and {chunk}, expected three numbers z, y, x each: the shard a multiple of the block, the block even and a multiple of the chunk.");
        }

        if (chunk.Volume > RechunkOptions.MostChunkBytes / info.Type.Size())
            throw new EmException(Fault.Configuration, $"chunk: got {chunk} of {info.Type.Name()}, expected at most {RechunkOptions.MostChunkBytes >> 20} MiB. Take a smaller one.");
        if (NdIndex.FloorDivide(shard, chunk).Volume > RechunkOptions.MostChunks)
            throw new EmException(Fault.Configuration, $"chunk: got {chunk} in shards of {shard}, expected at most {RechunkOptions.MostChunks} of them in a shard. Take larger chunks or smaller shards.");
        if (options.Levels is < 1 or > RechunkOptions.MostLevels)
            throw new EmException(Fault.Configuration, $"levels: got {options.Levels}, expected auto or 1 to {RechunkOptions.MostLevels}.");
        if (!options.Codec.IsValid)
            throw new EmException(Fault.Configuration, $"codec: got {options.Codec}, expected auto, raw, zstd with a level of 1 to 22, or lz4 with one of 1 to 9.");
    }

    private static void CheckLabel(VolumeInfo info, string folder, RechunkOptions options)
    {
        if (options.Label is not { } label)
            return;
        if (info.Type.IsFloat())
            throw EmException.Unsupported(info.Name.Length == 0 ? info.Format : info.Name, $"labels of {info.Type.Name()}: labels are integers; probabilities are an image");
        if (!options.VoxelSize.IsKnown)
            throw new EmException(Fault.Configuration, $"label {label.Name}: got voxel size {options.VoxelSize}, expected one on every axis. Labels are matched to their image in nanometres.");
        if (!folder.Replace(Path.DirectorySeparatorChar, '/').EndsWith("/" + label.Path, StringComparison.Ordinal))
            throw new ArgumentException($"outputFolder: got {folder}, expected {label.Path} below an image's folder.", nameof(folder));
    }

    private static string PlanKey(VolumeInfo info, Box region, RechunkOptions options, IReadOnlyList<LevelGrid> levels, DownsampleMethod method)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{OutputVersion}|{options.SourceIdentity}|{info.Shape}|{info.Type.Name()}|{region}|{options.Shard}|{options.Block}|{options.Chunk}|{(options.Codec.IsAuto && options.Label is not null ? ShardCodec.OfLabels(info.Type) : options.Codec)}|{string.Join(',', levels.Select(level => level.Factor))}|{method}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static IVolumeReader Reader(LocalStore store, LevelGrid level, VoxelType type, ShardCodec codec)
    {
        var name = ShardFolder.LevelName(level.Level);
        using var json = System.Text.Json.JsonDocument.Parse(MetadataWriter.Bytes(MetadataWriter.Array(level, type, codec)));
        var folder = new VolumePath(store, name);
        return ZarrHierarchy.Open(name, new JsonField(json.RootElement.Clone(), folder.Below(ZarrHierarchy.MetadataName), ""), folder, null);
    }

    private static void WriteMetadata(
        ShardFolder folder, IReadOnlyList<LevelGrid> levels, VoxelType type, ShardCodec codec, RechunkOptions options, DownsampleMethod method,
        DisplayWindow? window)
    {
        foreach (var level in levels)
        {
            Directory.CreateDirectory(folder.Level(level.Level));
            AtomicFile.Write(Path.Combine(folder.Level(level.Level), ZarrHierarchy.MetadataName), MetadataWriter.Bytes(MetadataWriter.Array(level, type, codec)));
        }

        var group = MetadataWriter.Group(levels, options, method, window);
        VolumeOwnership.Mark(group, OutputVersion);
        if (options.Label is { } label)
            LabelAttributes.Add((JsonObject)group["attributes"]!, label);
        AtomicFile.Write(Path.Combine(folder.Root, ZarrHierarchy.MetadataName), MetadataWriter.Bytes(group));
        VolumeOwnership.Finish(folder.Root);
        if (options.Label is not null)
            LabelGroups.Write(Path.Combine(folder.Root, "..", "..", ".."));
    }

    private static LevelInfo Describe(LevelGrid level, VoxelSize voxel) => new(
        ShardFolder.LevelName(level.Level), level.Shape,
        new VoxelSize(voxel.Z * level.Scale[0], voxel.Y * level.Scale[1], voxel.X * level.Scale[2]), level.Shard, level.Block, level.Chunk);
}
