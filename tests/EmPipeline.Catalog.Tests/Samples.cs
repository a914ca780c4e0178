using System.Globalization;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using static System.Double;

namespace EmPipeline.Catalog.Tests;

/// <summary>A small catalogue with everything in it: two datasets, levels, an unknown voxel size, a crop, a conflict, empty blocks.</summary>
internal static class Samples
{
    public static CatalogContent Content()
    {
        var sections = Consolidator.Consolidate("sections", EmpiarEntry.Parse(Registry.Empiar, "entry.json").Concat(VolumeInfoClaims.From("slices", SectionsInfo)));
        return new CatalogContent
        {
            Datasets =
            [
                sections.ToDatasetRecord("sections", "https://example.org/sections/", "dm"),
                new DatasetRecord
                {
                    Name = "crop", Source = "gs://bucket/em", Format = "precomputed", Licence = "CC-BY-4.0", Title = "A crop, with \"quotes\", & <tags>",
                    CropOrigin = new NdIndex(10, 20, 30), CropShape = new NdIndex(200, 130, 256),
                },
            ],
            Volumes = [Volume("sections", 0, new(16, 300, 270)), Volume("crop", 1, new(100, 65, 128)), Volume("crop", 0, new(200, 130, 256), known: false)],
            Files =
            [
                new FileRecord { Dataset = "sections", Key = "slice_0000.dm3", Length = 30_396_000, Sha256 = new string('a', 64), SourceUrl = "https://example.org/sections/slice_0000.dm3" },
                new FileRecord { Dataset = "sections", Key = "slice_0001.dm3", Length = 30_396_000, Sha256 = new string('b', 64), ETag = "\"x\"", SourceUrl = "https://example.org/sections/slice_0001.dm3", PublishedChecksum = "md5:00" },
            ],
            Metadata = sections.Metadata,
            Conflicts = sections.Conflicts,
            Blocks = Blocks().ToAsyncEnumerable(),
        };
    }

    /// <summary>
    /// "crop" with three labels: manual organelles in which 255 is unknown, of half the image's resolution; automatic cells, told apart; and
    /// predicted mitochondria. Of the image's eight blocks the organelles reach the first two, and the cells the first.
    /// </summary>
    public static CatalogContent LabelledContent() => Content() with
    {
        LabelVolumes =
        [
            Label("groundtruth", "organelles", 0), Label("groundtruth", "organelles", 1), Label("groundtruth", "cells", 0) with { Kind = "instances", Annotation = "automatic", Type = VoxelType.UInt64 },
            Label("prediction", "mito", 0) with { Annotation = null, Licence = null, Source = "model 0123" },
        ],
        LabelClasses =
        [
            new("crop", "groundtruth", "organelles", "3", "mitochondria", true), new("crop", "groundtruth", "organelles", "12", "fill", true),
            new("crop", "groundtruth", "organelles", "255", null, false), new("crop", "groundtruth", "organelles", null, null, true),
            new("crop", "groundtruth", "cells", "18446744073709551615", null, false), new("crop", "groundtruth", "cells", "0", null, true), new("crop", "groundtruth", "cells", null, "cells", true),
            new("crop", "prediction", "mito", "1", "mitochondria", true), new("crop", "prediction", "mito", null, null, true),
        ],
        LabelBlocks = LabelBlocks.ToAsyncEnumerable(),
        LabelChunks = LabelChunks.ToAsyncEnumerable(),
        LabelShards = LabelShards.ToAsyncEnumerable(),
    };

    /// <summary>Of the organelles only: shards of 64³ at two levels, of which every third is empty.</summary>
    public static IReadOnlyList<LabelShardRow> LabelShards { get; } =
    [
        .. from level in new[] { 0, 1 }
           from position in Box.Whole(NdIndex.CeilingDivide(new(100 >> level, 65 >> level, 128 >> level), NdIndex.Filled(3, 64))).CellsTouched(NdIndex.Filled(3, 1))
           let state = (position[0] + position[1] + position[2] + level) % 3 == 0 ? ShardState.Empty : ShardState.Written
           select LabelShardRow.From("crop", "groundtruth", "organelles", new ShardRecord(level, position, state, state == ShardState.Written ? 99 : 0, 7, [])),
    ];

    public static IReadOnlyList<LabelBlockRow> LabelBlocks { get; } =
    [
        LabelBlock("groundtruth", "cells", "cells", 0, 10, 1000, 0.5, 7),
        LabelBlock("groundtruth", "organelles", "fill", 0, 0, 100, 0.75), LabelBlock("groundtruth", "organelles", "mitochondria", 0, 20, 100, 0.75),
        LabelBlock("groundtruth", "organelles", "fill", 128, 30, 60, 0.25), LabelBlock("groundtruth", "organelles", "mitochondria", 128, 0, 60, 0.25),
        LabelBlock("prediction", "mito", "mitochondria", 0, 90, 100, 0),
    ];

    public static IReadOnlyList<LabelChunkRow> LabelChunks { get; } =
    [
        LabelChunk("groundtruth", "cells", "cells", new(0, 0, 32), 10, 7), LabelChunk("groundtruth", "organelles", "mitochondria", new(0, 0, 0), 5), LabelChunk("groundtruth", "organelles", "fill", new(0, 32, 64), 30),
        LabelChunk("groundtruth", "organelles", "mitochondria", new(0, 32, 64), 15), LabelChunk("groundtruth", "organelles", "mitochondria", new(32, 0, 96), 2), LabelChunk("prediction", "mito", "mitochondria", new(0, 0, 0), 90),
    ];

    private static LabelVolumeRecord Label(string origin, string label, int level) => new()
    {
        Dataset = "crop", Origin = origin, Label = label, Level = level, Kind = "classes", Annotation = "manual", Licence = "CC-BY-4.0", Source = "gs://bucket/labels",
        Path = $"zarr/crop.zarr/labels/{origin}/{label}/s{level}", Type = VoxelType.UInt8, Shape = new(100 >> level, 65 >> level, 128 >> level), VoxelSize = new VoxelSize(16, 16.5, 16), Centre = (4, -4, 4.25),
        Shard = NdIndex.Filled(3, 64), Block = NdIndex.Filled(3, 64), Chunk = NdIndex.Filled(3, 32), Codec = "zstd:1", StoredBytes = 1 << 10,
    };

    private static LabelBlockRow LabelBlock(string origin, string label, string name, long x, long voxels, long known, double unknown, long? objects = null) => new()
    {
        Dataset = "crop", Origin = origin, Label = label, Class = name, Z = 0, Y = 0, X = x, Voxels = voxels, Known = known, UnknownShare = unknown, Objects = objects,
    };

    private static LabelChunkRow LabelChunk(string origin, string label, string name, NdIndex at, long voxels, long? objects = null) => new()
    {
        Dataset = "crop", Origin = origin, Label = label, Class = name, Z = at[0], Y = at[1], X = at[2], Voxels = voxels, Objects = objects,
    };

    public static VolumeInfo SectionsInfo { get; } = new()
    {
        Name = "", Format = "dm", Shape = new NdIndex(16, 5500, 5496), Axes = "zyx", Type = VoxelType.UInt8, Grain = new NdIndex(1, 5500, 5496),
        VoxelSize = new VoxelSize(50, 7.998250424861908, 7.998250424861908),
        VoxelSizeOrigin = "ImageTags.SBFSEM.Record.Slice thickness; Calibrations.Dimension",
        Metadata =
        [
            new MetadataValue("ImageTags.DataBar.Acquisition Date", "11.06.2018", "ImageList[1].ImageTags.DataBar.Acquisition Date"),
            new MetadataValue("ImageTags.Microscope Info.Voltage", "1900", "ImageList[1].ImageTags.Microscope Info.Voltage"),
            new MetadataValue("ImageTags.Microscope Info.Name", "FEI Quanta", "ImageList[1].ImageTags.Microscope Info.Name"),
        ],
    };

    public static IReadOnlyList<BlockRow> Blocks()
    {
        var blocks = new List<BlockRow>();
        foreach (var (dataset, level, shape) in new[] { ("crop", 0, new NdIndex(200, 130, 256)), ("crop", 1, new NdIndex(100, 65, 128)), ("sections", 0, new NdIndex(16, 300, 270)) })
        {
            foreach (var cell in Box.Whole(shape).CellsTouched(NdIndex.Filled(3, 128)))
            {
                var origin = cell * NdIndex.Filled(3, 128);
                blocks.Add(Block(dataset, level, origin, NdIndex.Min(NdIndex.Filled(3, 128), shape - origin), blocks.Count));
            }
        }

        return blocks;
    }

    /// <summary>Grey values that differ from block to block; the fourth block is empty, the second has some fill.</summary>
    public static BlockRow Block(string dataset, int level, NdIndex origin, NdIndex valid, int number) => number == 3
        ? Row(dataset, ShardState.Empty, new BlockRecord(level, origin, valid, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 1, 1, 0), 0)
        : Row(
            dataset, ShardState.Written,
            new BlockRecord(level, origin, valid, number, 200 + number, 100 + number, 10 + number % 5, 10, 20, 60, 100, 140, 180, 190, number == 1 ? 0.25 : 0, 0, 0), (uint)number);

    /// <summary>The row of a block that fills its shard.</summary>
    private static BlockRow Row(string dataset, ShardState state, BlockRecord block, uint checksum) => BlockRow.From(
        dataset,
        new ShardRecord(
            block.Level, NdIndex.FloorDivide(block.Origin, NdIndex.Filled(3, 128)), state, state == ShardState.Written ? 2_000_000 : 0, checksum, [block]),
        block);

    private static VolumeRecord Volume(string dataset, int level, NdIndex shape, bool known = true) => new()
    {
        Dataset = dataset, Path = $"zarr/{dataset}.zarr/s{level}", Level = level, Shape = shape, Type = VoxelType.UInt8,
        VoxelSize = known ? new VoxelSize(50, 8, 8) : VoxelSize.Unknown, VoxelSizeOrigin = known ? "header" : null,
        Shard = NdIndex.Filled(3, 128), Block = NdIndex.Filled(3, 128), Chunk = NdIndex.Filled(3, 32), Codec = "zstd:1", StoredBytes = 1 << 20,
    };
}
