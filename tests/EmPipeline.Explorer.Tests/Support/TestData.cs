using System.Runtime.InteropServices;
using EmPipeline.Catalog;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;
using EmPipeline.Volumes.Sections;
using EmPipeline.Zarr;

namespace EmPipeline.Explorer.Tests.Support;

/// <summary>
/// A data folder as the stages leave it: <c>cells</c> (uint8, 50×8×8 nm, two levels, larger than a tile) with objects of 64-bit ids, <c>floats</c> with
/// numbers that are none, of unknown voxel size. Their metadata is hostile.
/// </summary>
internal static class TestData
{
    public const string Script = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    public static readonly string Long = "<b>" + new string('y', 10 << 20);
    public const ulong LargeId = ulong.MaxValue - 1;
    public static readonly NdIndex Cells = new(20, 300, 700), Floats = new(9, 40, 50), Objects = new(20, 150, 350);

    public static byte[] CellVoxels { get; } = MakeCells();

    public static float[] FloatVoxels { get; } = MakeFloats();

    public static ulong[] ObjectVoxels { get; } = MakeObjects();

    /// <param name="name">What the dataset of cells is called: another catalogue has another.</param>
    public static async Task MakeAsync(string folder, string name = "cells")
    {
        var cells = await WriteAsync(folder, name, new MemoryVolume(Cells, VoxelType.UInt8, NdIndex.Filled(3, 16), CellVoxels), new RechunkOptions { VoxelSize = new VoxelSize(50, 8, 8), Levels = 2 });
        var floats = await WriteAsync(
            folder, "floats", new MemoryVolume(Floats, VoxelType.Float32, NdIndex.Filled(3, 16), MemoryMarshal.AsBytes<float>(FloatVoxels).ToArray()), new RechunkOptions { Levels = 1 });
        var scheme = LabelScheme.Instances("objects", [7]);
        var objects = await WriteAsync(
            folder, name, new MemoryVolume(Objects, VoxelType.UInt64, NdIndex.Filled(3, 16), MemoryMarshal.AsBytes<ulong>(ObjectVoxels).ToArray()),
            new RechunkOptions { VoxelSize = new VoxelSize(50, 16, 16), Levels = 1, Label = new LabelDescription { Origin = "groundtruth", Name = "objects", Scheme = scheme, Centre = (0, 4, 4) } }, "labels/groundtruth/objects");
        await CatalogBuilder.BuildAsync(
            new CatalogContent
            {
                Datasets = [new DatasetRecord { Name = name, Source = "file:x", Format = "tiff", Title = Script, Organism = "Mus musculus" }, new DatasetRecord { Name = "floats", Source = "file:y", Format = "mrc" }],
                LeftOut = [new LeftOutRecord("late", "pipeline.yaml", "Rechunk", $"never run {Script}")],
                Volumes = [.. cells.Levels.Select((level, number) => Volume(name, level, number, VoxelType.UInt8)), .. floats.Levels.Select((level, number) => Volume("floats", level, number, VoxelType.Float32))],
                LabelVolumes =
                [
                    .. objects.Levels.Select((level, number) => new LabelVolumeRecord
                    {
                        Dataset = name, Origin = "groundtruth", Label = "objects", Level = number, Kind = "instances", Source = "file:z", Path = $"zarr/{name}.zarr/labels/groundtruth/objects/{level.Path}",
                        Type = VoxelType.UInt64, Shape = level.Shape, VoxelSize = level.VoxelSize, Centre = (0, 4, 4), Shard = level.Shard, Block = level.Block, Chunk = level.Chunk, Codec = "raw", StoredBytes = 1,
                    }),
                ],
                LabelClasses = [new LabelClassRecord(name, "groundtruth", "objects", "7", null, false), new LabelClassRecord(name, "groundtruth", "objects", null, "objects", true)],
                Metadata = [new MetadataRecord(name, "title", Script, null, Script, $"tag {Script}", true), new MetadataRecord(name, "title", "another", null, "another", "page", false), new MetadataRecord(name, "description", Long, null, Long, "tag", true)],
                Attributes = new[]
                {
                    new AttributeRow { Dataset = name, Path = "ImageDescription", Type = "ascii", Value = $"{Script} it's 50% odd", Occurrences = 1, File = "a.tif" },
                    new AttributeRow { Dataset = name, Path = "Software", Type = "ascii", Value = new string('x', 100_000), Occurrences = 3 },
                    new AttributeRow { Dataset = name, Path = "Thumbnail", Type = "bytes", Occurrences = 3, Length = 12_345, Sha256 = new string('a', 64) },
                }.ToAsyncEnumerable(),
                Sections = [.. Enumerable.Range(0, (int)Cells[0]).Select(z => SectionRow.From(name, Section(z)))],
                Conflicts = [new ConflictRecord(name, "title", Script, "tag", "another", "page", "the file knows better")],
                Blocks = Blocks(name, cells).Concat(Blocks("floats", floats)).ToAsyncEnumerable(),
            },
            Path.Combine(folder, "catalog"));
    }

    private static IEnumerable<BlockRow> Blocks(string name, RechunkResult result) =>
        result.Shards.SelectMany(shard => shard.Blocks.Select(block => BlockRow.From(name, shard, block))).OrderBy(row => row.Level).ThenBy(row => row.Z).ThenBy(row => row.Y).ThenBy(row => row.X);

    private static async Task<RechunkResult> WriteAsync(string folder, string name, MemoryVolume source, RechunkOptions options, string below = "") => await ZarrRechunk.RunAsync(
        source, Box.Whole(source.Info.Shape), Path.Combine(folder, "zarr", name + ".zarr", below), Path.Combine(folder, "state", $"{name}{below.Replace('/', '-')}.shards"), options with { Name = name, Codec = ShardCodec.Raw });

    private static VolumeRecord Volume(string name, LevelInfo level, int number, VoxelType type) => new()
    {
        Dataset = name, Path = $"zarr/{name}.zarr/{level.Path}", Level = number, Shape = level.Shape, Type = type, VoxelSize = level.VoxelSize,
        Shard = level.Shard, Block = level.Block, Chunk = level.Chunk, Codec = "raw", StoredBytes = 1,
    };

    private static SectionRecord Section(int z) => new(
        z, 100 + (z == 12 ? -40 : z % 3), 10, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 9, z == 0 ? null : 0.9, 0, 0, z == 12 ? SectionFlags.Dark | SectionFlags.Shifted : SectionFlags.None);

    private static byte[] MakeCells()
    {
        var random = new Random(3);
        var voxels = new byte[Cells.Volume];
        for (var i = 0; i < voxels.Length; i++)
            voxels[i] = (byte)((i % Cells[2] / 4) + random.Next(40));
        return voxels;
    }

    private static float[] MakeFloats() =>
        [.. Enumerable.Range(0, (int)Floats.Volume).Select(i => (i % 50) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => float.NegativeInfinity, var x => (x / 50f) - 0.5f })];

    private static ulong[] MakeObjects()
    {
        var voxels = new ulong[Objects.Volume];
        for (var i = 0; i < voxels.Length; i++)
            voxels[i] = (i % Objects[2] / 50) switch { 0 => 0, 1 => 7, 2 => LargeId, var other => (ulong)(i / Objects[2] / 30 * 10) + (ulong)other };
        return voxels;
    }
}
