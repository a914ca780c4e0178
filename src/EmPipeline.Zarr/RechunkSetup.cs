using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Json;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr;

/// <summary>What follows from a source, a region of it and the options before anything is read or written. Immutable.</summary>
internal sealed record RechunkSetup(IVolumeReader Source, Box Region, RechunkOptions Options, ShardFolder Folder, IReadOnlyList<LevelGrid> Levels, DownsampleMethod Method)
{
    // Part of the plan's key: raise it when the same options make other bytes.
    public const int OutputVersion = 2;
    // Of the memory, for encoded parts of large shards whose turn in the file has not come.
    private const int WaitingShare = 8;

    public VoxelType Type => Source.Info.Type;

    public int Workers => Options.Threads > 0 ? Options.Threads : Environment.ProcessorCount;

    public long WaitingBytes => Options.MemoryBytes / WaitingShare;

    public byte[] Fill { get; } = new byte[Source.Info.Type.Size()];

    /// <summary>Identifies all that decides the shards' bytes.</summary>
    public string Key { get; } = PlanKey(Source.Info, Region, Options, Levels, Method);

    /// <summary>Null where nobody asks for sections.</summary>
    public SectionGrid? SectionGrid { get; } =
        Options.SectionTablePath is not null && Options.Label is null ? EmPipeline.Volumes.Rechunk.SectionGrid.For(Levels[0], Source.Info.Type) : null;

    /// <exception cref="EmException">The options make no sense.</exception>
    public static RechunkSetup Of(IVolumeReader source, Box region, string outputFolder, RechunkOptions options)
    {
        Check(source.Info, region, options);
        var levels = LevelGrid.Pyramid(region.Shape, source.Info.Type, options.Shard, options.Block, options.Chunk, options.Levels, options.VoxelSize);
        var method = options.Downsample ?? (options.Label is null ? DownsampleMethods.DefaultFor(source.Info.Type) : DownsampleMethod.Mode);
        var folder = new ShardFolder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(outputFolder)));
        CheckLabel(source.Info, folder.Root, options);
        return new RechunkSetup(source, region, options, folder, levels, method);
    }

    /// <exception cref="EmException">The memory does not suffice.</exception>
    public RechunkPlan Plan() => RechunkPlan.For(Levels, Source.Info, Region, Options.MemoryBytes, Workers);

    public IVolumeReader[] Readers(LocalStore store, ShardCodec codec) => [.. Levels.Select(level => Reader(store, level, codec))];

    /// <summary>Reads a level as far as it is written.</summary>
    public IVolumeReader Reader(LocalStore store, LevelGrid level, ShardCodec codec)
    {
        var name = ShardFolder.LevelName(level.Level);
        using var json = System.Text.Json.JsonDocument.Parse(MetadataWriter.Bytes(MetadataWriter.Array(level, Type, codec)));
        var folder = new VolumePath(store, name);
        return ZarrHierarchy.Open(name, new JsonField(json.RootElement.Clone(), folder.Below(ZarrHierarchy.MetadataName), ""), folder, null);
    }

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
}
