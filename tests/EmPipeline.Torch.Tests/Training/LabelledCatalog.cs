using EmPipeline.Catalog;
using EmPipeline.Tests;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Labels;
using EmPipeline.Zarr;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>
/// A data folder with two small datasets of one procedural tissue, "first" and "second", and the label "mitochondria" of each: dark balls in noise,
/// beside dark sheets of the same grey, so that grey values alone do not tell. Labels are uint16 of another place and extent than the image:
/// 7 is the class, 9 means not looked at.
/// </summary>
internal sealed class LabelledCatalog : IDisposable
{
    private static readonly NdIndex Usual = new(80, 64, 64);
    private readonly TemporaryFolder _folder = new();

    public string Root => _folder.Path;

    public string Folder => _folder["catalog"];

    /// <param name="second">The extent of "second"; that of "first" unless given.</param>
    /// <param name="splits">How "first" and "second" are divided; not at all unless given.</param>
    public static async Task<LabelledCatalog> MakeAsync(NdIndex? second = null, params IReadOnlyList<SplitRecord> splits)
    {
        var made = new LabelledCatalog();
        var (volumes, labels, blocks, labelBlocks, labelChunks) = (new List<VolumeRecord>(), new List<LabelVolumeRecord>(), new List<BlockRow>(), new List<LabelBlockRow>(), new List<LabelChunkRow>());
        foreach (var (name, seed, shape) in new[] { ("first", 1, Usual), ("second", 2, second ?? Usual) })
        {
            var (grey, label) = Tissue(seed, shape);
            var image = await made.WriteAsync(new MemoryVolume(shape, VoxelType.UInt8, NdIndex.Filled(3, 16), grey), $"zarr/{name}.zarr", DownsampleMethod.Mean);
            // The first two sections have no label at all.
            var part = new NdIndex(shape[0] - 2, shape[1], shape[2]);
            var written = await made.WriteAsync(new MemoryVolume(part, VoxelType.UInt16, NdIndex.Filled(3, 16), label[(int)(2 * shape[1] * shape[2] * 2)..]), $"zarr/{name}.zarr/labels/groundtruth/mitochondria", DownsampleMethod.Mode);
            var (level, labelLevel) = (image.Levels[0], written.Levels[0]);
            volumes.Add(new VolumeRecord
            {
                Dataset = name, Path = $"zarr/{name}.zarr/s0", Level = 0, Shape = level.Shape, Type = VoxelType.UInt8, VoxelSize = level.VoxelSize, Shard = level.Shard, Block = level.Block,
                Chunk = level.Chunk, Codec = image.Codec.ToString(), StoredBytes = image.BytesWritten,
            });
            labels.Add(new LabelVolumeRecord
            {
                Dataset = name, Origin = "groundtruth", Label = "mitochondria", Level = 0, Kind = "classes", Source = "made by the test", Path = $"zarr/{name}.zarr/labels/groundtruth/mitochondria/s0",
                Type = VoxelType.UInt16, Shape = part, VoxelSize = labelLevel.VoxelSize, Centre = (2 * 8, 0, 0), Shard = labelLevel.Shard, Block = labelLevel.Block, Chunk = labelLevel.Chunk,
                Codec = written.Codec.ToString(), StoredBytes = written.BytesWritten,
            });
            var statistics = await made.CountAsync(labels[^1], level);
            labelBlocks.AddRange(statistics.Blocks().Select(tally => LabelBlockRow.From(name, "groundtruth", "mitochondria", tally)));
            labelChunks.AddRange(statistics.Chunks().Select(tally => LabelChunkRow.From(name, "groundtruth", "mitochondria", tally)));
            blocks.AddRange(image.Shards.SelectMany(shard => shard.Blocks.Select(block => BlockRow.From(name, shard, block))));
        }

        await CatalogBuilder.BuildAsync(
            new CatalogContent
            {
                Datasets = [.. volumes.Select(volume => new DatasetRecord { Name = volume.Dataset, Source = "made by the test", Format = "zarr" })],
                Volumes = volumes,
                LabelVolumes = labels,
                LabelClasses = [.. labels.SelectMany(label => new LabelClassRecord[]
                {
                    new(label.Dataset, label.Origin, label.Label, "0", null, true), new(label.Dataset, label.Origin, label.Label, "7", "mitochondria", true), new(label.Dataset, label.Origin, label.Label, "9", null, false),
                })],
                Blocks = blocks.ToAsyncEnumerable(),
                LabelBlocks = labelBlocks.ToAsyncEnumerable(),
                LabelChunks = labelChunks.ToAsyncEnumerable(),
                Splits = splits,
            },
            made.Folder);
        return made;
    }

    public string File(string name) => _folder[name];

    public void Dispose() => _folder.Dispose();

    private async Task<LabelStatisticsFile> CountAsync(LabelVolumeRecord label, LevelInfo image)
    {
        await using var store = new Storage.LocalStore(_folder[label.Path]);
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        var path = _folder[label.Dataset + ".labels"];
        await LabelStatistics.WriteAsync(
            reader, label.Chunk, LabelScheme.OfClasses(new Dictionary<Int128, string> { [7] = "mitochondria" }, [9]), VoxelGrid.Of(label.Shape, label.VoxelSize, label.Centre),
            VoxelGrid.Of(image.Shape, image.VoxelSize, default), image.Block, path);
        return LabelStatisticsFile.Open(path);
    }

    private Task<RechunkResult> WriteAsync(MemoryVolume source, string path, DownsampleMethod method) => ZarrRechunk.RunAsync(
        source, Box.Whole(source.Info.Shape), _folder[path], _folder[path + ".shards"],
        new RechunkOptions { Levels = 1, Codec = ShardCodec.Zstd(), Shard = NdIndex.Filled(3, 64), Block = NdIndex.Filled(3, 32), Chunk = NdIndex.Filled(3, 16), VoxelSize = new VoxelSize(8, 8, 8), Downsample = method });

    /// <summary>Grey values, and labels of the same extent, little-endian.</summary>
    private static (byte[] Grey, byte[] Labels) Tissue(int seed, NdIndex shape)
    {
        var random = new Random(seed);
        var (grey, labels) = (new byte[shape.Volume], new byte[shape.Volume * 2]);
        var balls = Enumerable.Range(0, 45).Select(_ => (Z: random.Next((int)shape[0]), Y: random.Next((int)shape[1]), X: random.Next((int)shape[2]), Radius: random.Next(5, 9))).ToArray();
        var at = 0;
        for (var z = 0; z < shape[0]; z++)
        {
            for (var y = 0; y < shape[1]; y++)
            {
                for (var x = 0; x < shape[2]; x++, at++)
                {
                    var isBall = balls.Any(ball => Square(z - ball.Z) + Square(y - ball.Y) + Square(x - ball.X) < Square(ball.Radius));
                    var isSheet = (y + (seed * 5) + (x / 8)) % 16 < 3;
                    grey[at] = (byte)((isBall || isSheet ? 90 : 150) + random.Next(-40, 41));
                    labels[2 * at] = y < 3 ? (byte)9 : isBall ? (byte)7 : (byte)0;
                }
            }
        }

        return (grey, labels);

        static int Square(int value) => value * value;
    }
}
