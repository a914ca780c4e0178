using System.Text.Json.Nodes;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Labels;
using EmPipeline.Zarr.Portions;
using EmPipeline.Zarr.Sections;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr;

/// <summary>
/// Writes a region of any volume as OME-Zarr 0.5: a pyramid of sharded Zarr v3 arrays. Can be killed at any moment and run again: finished
/// shards stay, the rest is made, and the result is the same bytes whatever the number of threads or kills.
/// </summary>
public static class ZarrRechunk
{
    /// <param name="source">Rank 3, axes "zyx". Not disposed.</param>
    /// <param name="region">The voxels to write, in the source's own.</param>
    /// <param name="outputFolder">The volume's folder; made when it does not exist. Its metadata appears last, when all shards are durable.</param>
    /// <param name="tablePath">The <see cref="ShardTable"/>'s file, outside <paramref name="outputFolder"/> or in it.</param>
    /// <exception cref="EmException">The options make no sense, the source failed, or the disk did.</exception>
    public static async Task<RechunkResult> RunAsync(
        IVolumeReader source, Box region, string outputFolder, string tablePath, RechunkOptions options,
        IProgress<RechunkProgress>? progress = null, CancellationToken cancellation = default)
    {
        var setup = RechunkSetup.Of(source, region, outputFolder, options);
        var (levels, type, folder, plan) = (setup.Levels, setup.Type, setup.Folder, setup.Plan());
        var begun = await BegunVolume.OpenAsync(setup, tablePath, cancellation);
        using var table = begun.Table;
        var codec = begun.Codec;
        await using var store = new LocalStore(folder.Root);
        var readers = setup.Readers(store, codec);
        using var sections = setup.SectionGrid is { } sectionGrid ? SectionTable.Open(options.SectionTablePath!, setup.Key, sectionGrid, begun.GoesOn) : null;
        var finished = begun.Finished(folder, options.PortionsFolder, sections);
        using var sink = new ShardSink(folder, table, finished, codec, levels, type.Size(), readers, setup.WaitingBytes, source.Info.IsComputed);
        var engine = new RechunkEngine(source, levels, plan, setup.Method, setup.Fill, sink, setup.Workers, progress, areNumbers: options.Label is null, sections);
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

        var window = options.Label is null ? await DisplayWindow.MeasureAsync(setup.Reader(store, levels[^1], codec), options.Chunk, cancellation) : null;
        var quality = sections is null ? [] : await SectionQuality.JudgeAsync(sections, setup.Reader(store, levels[0], codec), setup.Fill, setup.Workers, cancellation);
        WriteMetadata(folder, levels, type, codec, options, setup.Method, window);
        if (options.PortionsFolder is { } left && Directory.Exists(left))
            Directory.Delete(left, recursive: true);
        return new RechunkResult(
            [.. levels.Select(level => Describe(level, options.VoxelSize))], codec, ShardTable.Read(Path.GetFullPath(tablePath)), result.SourceBytesRead, result.BytesWritten,
            result.ShardsWritten, result.ShardsReused, result.EmptyShards) { Sections = quality };
    }

    /// <summary>Whether a folder holds a volume that this class made, or was stopped while making.</summary>
    public static bool Made(string folder) => VolumeOwnership.IsOurs(folder);

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
        VolumeOwnership.Mark(group, RechunkSetup.OutputVersion);
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
