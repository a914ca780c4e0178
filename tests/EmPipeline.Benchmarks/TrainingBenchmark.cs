using System.Diagnostics;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Catalog;
using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Torch;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using static TorchSharp.torch;

namespace EmPipeline.Benchmarks;

/// <summary>Blocks a second that reach a training loop, from a volume and a catalogue that the product wrote.</summary>
internal static class TrainingBenchmark
{
    private const int Batch = 8, WarmUp = 2;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        TorchRuntime.EnsureLoadable();
        var raw = content.RawFile(settings.Scratch, Volume.Edge, Volume.Edge, Volume.Edge);
        var catalog = await MakeAsync(settings, content);
        var statistics = (await new CatalogReader(catalog).ReadStatisticsAsync())[("fib25", 0)];
        report.Heading($"Training: 128³ blocks/s from {Volume.Edge}³ uint8 of FIB-25, raw, inner chunks {Volume.Chunk}³, batches of {Batch}, {Settings.Threads} workers, page cache warm");
        using var peer = TorchPeer.Start(settings.Python, raw, (Volume.Edge / Volume.Shard) * (Volume.Edge / Volume.Shard) * (Volume.Edge / Volume.Shard), statistics.Mean, statistics.StandardDeviation);
        foreach (var (values, bar) in ((BlockValues, double)[])[(BlockValues.Stored, 1.5), (BlockValues.Normalised, 4)])
            await MeasureAsync(settings, catalog, values, bar, peer, report);
    }

    private static async Task MeasureAsync(Settings settings, string catalog, BlockValues values, double bar, TorchPeer? peer, Report report)
    {
        var name = values == BlockValues.Stored ? "stored" : "normalised";
        await using var whole = await BlockSource.OpenAsync(catalog, "", new BlockOptions { Values = values });
        await using var crops = await BlockSource.OpenAsync(catalog, "", new BlockOptions { Values = values, RandomCrop = true });
        Func<double>[] ours = [() => Rate(whole), () => Rate(crops), () => CollatedRate(whole), () => CollatedRate(crops), () => OwnRate(whole), () => OwnRate(crops)];
        var rates = new double[settings.Rounds, ours.Length + 1];
        for (var round = -WarmUp; round < settings.Rounds; round++)
        {
            for (var i = 0; i <= ours.Length; i++)
            {
                var rate = i < ours.Length ? ours[i]() : peer?.Rate(name) ?? 0;
                if (round >= 0)
                    rates[round, i] = rate;
            }
        }

        var peers = ours.Length;
        Row("BlockDataset.Batches (DataLoader)", 0);
        Row("BlockDataset.Batches (DataLoader), random crops", 1);
        Information("DataLoader with its own collation", 2);
        Information("BlockLoader", 4);

        void Information(string measure, int run) => report.Note($"| ({measure}, {name}: blocks; random crops) | {Median(run):f0}; {Median(run + 1):f0} | | |");

        void Row(string measure, int run)
        {
            var text = $"{measure}, {name}, against PyTorch's DataLoader over numpy.memmap";
            if (peer is null)
                report.Absent(text, $"{Median(run):f0}", $"≥ {bar}×", "PyTorch");
            else
                report.Row($"{text} ({peer.Version})", $"{Median(run):f0} / {Median(peers):f0} = {Ratio(run):f1}×", $"≥ {bar}×", Ratio(run) >= bar);
        }

        double Median(int run) => Times.Middle(Enumerable.Range(0, settings.Rounds).Select(round => rates[round, run]));

        double Ratio(int run) => Times.Middle(Enumerable.Range(0, settings.Rounds).Select(round => rates[round, run] / rates[round, peers]));
    }

    private static double Rate(BlockSource source)
    {
        var dataset = new BlockDataset(source);
        using var loader = dataset.Batches(Batch, shuffle: true, seed: 1, workers: Settings.Threads);
        return Rate(loader);
    }

    private static double CollatedRate(BlockSource source)
    {
        using var loader = utils.data.DataLoader(new BlockDataset(source), Batch, shuffle: true, seed: 1, num_worker: Settings.Threads, disposeDataset: false);
        return Rate(loader);
    }

    private static double Rate(IEnumerable<Dictionary<string, Tensor>> loader)
    {
        var watch = Stopwatch.StartNew();
        var served = loader.Sum(batch => batch["data"].shape[0]);
        return served / watch.Elapsed.TotalSeconds;
    }

    private static double OwnRate(BlockSource source)
    {
        var watch = Stopwatch.StartNew();
        var served = 0;
        foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch, Workers = Settings.Threads }).Epoch())
        {
            using (batch)
                served += batch.Indices.Count;
        }

        return served / watch.Elapsed.TotalSeconds;
    }

    /// <summary>The cube's volume, made from an MRC file, and its catalogue, as the stages leave them. Returns the catalogue's folder.</summary>
    internal static async Task<string> MakeAsync(Settings settings, Content content)
    {
        var folder = settings.Scratch;
        var file = MrcFile.Write(settings.Disk, Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge)).Address;
        await using var store = new LocalStore(Path.GetDirectoryName(file)!);
        await using var source = (await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(file))))[0];
        var result = await ZarrRechunk.RunAsync(
            source, Box.Whole(source.Info.Shape), Path.Combine(folder, "zarr", "fib25.zarr"), Path.Combine(folder, "journal"),
            new RechunkOptions { Codec = ShardCodec.Raw, Levels = 1, Shard = NdIndex.Filled(3, Volume.Shard), Chunk = NdIndex.Filled(3, Volume.Chunk) });
        var level = result.Levels[0];
        var catalog = Path.Combine(folder, "catalog");
        await CatalogBuilder.BuildAsync(
            new CatalogContent
            {
                Datasets = [new DatasetRecord { Name = "fib25", Source = file, Format = "mrc" }],
                Volumes =
                [
                    new VolumeRecord
                    {
                        Dataset = "fib25", Path = $"zarr/fib25.zarr/{level.Path}", Level = 0, Shape = level.Shape, Type = VoxelType.UInt8, VoxelSize = level.VoxelSize,
                        Shard = level.Shard, Block = level.Block, Chunk = level.Chunk, Codec = "raw", StoredBytes = result.BytesWritten,
                    },
                ],
                Blocks = result.Shards.SelectMany(shard => shard.Blocks.Select(block => BlockRow.From("fib25", shard, block))).ToAsyncEnumerable(),
            },
            catalog);
        return catalog;
    }
}
