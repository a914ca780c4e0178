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
