using System.Globalization;
using EmPipeline.Benchmarks;
using EmPipeline.Benchmarks.Metadata;
using EmPipeline.Benchmarks.Rechunk;
using EmPipeline.Benchmarks.Slurm;
using EmPipeline.Benchmarks.State;
using EmPipeline.Benchmarks.Training;
using EmPipeline.Benchmarks.Transfer;
using EmPipeline.Benchmarks.View;
using EmPipeline.Stages;

// A child: the Rechunk stage in a process of its own.
if (args is [StageChild.Argument, var config, var data])
    return await StageChild.RunAsync(Stage.Rechunk, config, data);
if (args is [StageChild.Metadata, var metadataConfig, var metadataData])
    return await StageChild.RunAsync(Stage.ExtractMetadata, metadataConfig, metadataData);
if (args is [StageChild.Once, var onlyConfig, var onlyData])
    return await StageChild.RunOnceAsync(onlyConfig, onlyData);
if (args is [DownloadChild.Argument, var downloadConfig, var downloadData])
    return await DownloadChild.RunAsync(downloadConfig, downloadData);
if (args is [PlanChild.Argument, var planFolder])
    return await PlanChild.RunAsync(planFolder);
if (args is [BareS3.Argument])
    return await BareS3.RunAsync();
if (args is [PublishChild.Argument, var publishConfig, var publishData, var publishTo, var endpoint])
    return await PublishChild.RunAsync(publishConfig, publishData, publishTo, endpoint);
if (args is [MemoryBenchmark.Argument, var catalog, var minutes])
    return await MemoryBenchmark.RunChildAsync(catalog, double.Parse(minutes, CultureInfo.InvariantCulture));
if (args is [PredictBenchmark.Argument, var array, var model])
    return await PredictBenchmark.RunChildAsync(array, model);

if (Settings.Wrong(args) is { } wrong)
{
    Console.Error.WriteLine(wrong);
    return 2;
}

var settings = Settings.Parse(args);
if (Content.Load() is not { } content)
{
    Console.Error.WriteLine("../shared/realdata/em/fib25_520: got no such folder, expected the slices that the benchmarks are made of.");
    return 2;
}

var report = new Report();
(string Name, string What, Func<Task> RunAsync)[] sets =
[
    ("rechunk-plain", "plain voxels to shards against the bare loop", () => PlainBenchmark.RunAsync(settings, content, report)),
    ("rechunk-coded", "coded chunks against a bare loop with the same library", () => CodedBenchmark.RunAsync(settings, content, report)),
    ("rechunk-read", "boxes out of shards against libzstd and memory", () => ReadBenchmark.RunAsync(settings, content, report)),
    ("rechunk-zarrs", "against zarrs", () => ZarrsBenchmark.RunAsync(settings, content, report)),
    ("rechunk-shards", "shards of 512³ and 1024³", () => LargeShardBenchmark.RunAsync(settings, content, report)),
    ("rechunk-layouts", "memory and speed at 1, 8 and 32 GiB", () => LayoutBenchmark.RunAsync(settings, content, report)),
    ("rechunk-chunks", "inner chunks of other sizes", () => ChunkBenchmark.RunAsync(settings, content, report)),
    ("rechunk-whole", "the whole graph", () => WholeRunBenchmark.RunAsync(settings, content, report)),
    ("rechunk-disk", "to a disk and from it", () => DiskBenchmark.RunAsync(settings, content, report)),
    ("sections-found", "planted defects", () => SectionsBenchmark.FindAsync(content, report)),
    ("sections-cost", "what judging sections costs", () => SectionsBenchmark.CostAsync(settings, content, report)),
    ("state-million", "a million shards", () => StateBenchmark.MillionAsync(settings, report)),
    ("state-ten-million", "ten million shards", () => StateBenchmark.TenMillionAsync(settings, report)),
    ("metadata", "attributes of many files", () => MetadataBenchmark.RunAsync(settings, content, report)),
    ("training", "blocks against PyTorch", () => TrainingBenchmark.RunAsync(settings, content, report)),
    ("training-loader", "the plain DataLoader", () => LoaderBenchmark.RunAsync(settings, content, report)),
    ("training-labels", "image and labels against image alone", () => LabelsBenchmark.RunAsync(settings, content, report)),
    ("training-transforms", "transforms on and off", () => TransformsBenchmark.RunAsync(settings, content, report)),
    ("training-foreground", "a rare class", () => ForegroundBenchmark.RunAsync(settings, content, report)),
    ("training-accelerators", "MLPerf Storage's emulation", () => AcceleratorBenchmark.RunAsync(settings, content, report)),
    ("training-start", "first batch, resume, waiting", () => TrainingStartBenchmark.RunAsync(settings, content, report)),
    ("training-predict", "memory and blending of predictions", () => PredictBenchmark.RunAsync(settings, content, report)),
    ("training-cold", "Train as a user starts it, page cache dropped", () => TrainColdBenchmark.RunAsync(settings, report)),
    ("training-memory", "half an hour of batches", () => MemoryBenchmark.RunAsync(settings, content, report)),
    ("training-targets", "boundaries, affinities, elastic", () => TargetsBenchmark.RunAsync(settings, report)),
    ("training-remote", "over HTTP with latency", () => TrainingRemoteBenchmark.RunAsync(settings, content, report)),
    ("view", "the page", () => ViewBenchmark.RunAsync(settings, content, report)),
    ("transfer-download", "Download against aria2c and rclone, from nginx", () => DownloadBenchmark.RunAsync(settings, content, report)),
    ("slurm", "tasks on two nodes against one process, and many planned", () => SlurmBenchmark.RunAsync(settings, content, report)),
    ("transfer-publish", "Publish against rclone sync --checksum", () => PublishBenchmark.RunAsync(settings, content, report)),
];
var wanted = sets.Where(set => settings.Wants(set.Name)).ToList();
if (args is ["--help"] || wanted.Count == 0)
{
    Console.WriteLine(Settings.Help);
    foreach (var set in sets)
        Console.WriteLine($"  {set.Name,-22} {set.What}");
    return args is ["--help"] ? 0 : 2;
}

report.Note($"{Machine.Describe()}. Sources lie on disk, outputs in memory where nothing else is said; medians of {settings.Rounds} rounds, in each of which all took their turn.");
Directory.CreateDirectory(settings.Scratch);
Directory.CreateDirectory(settings.Disk);
try
{
    foreach (var set in wanted)
        await set.RunAsync();
}
finally
{
    // What was measured before an error counts.
    report.Close();
    if (settings.Save is { } path)
        report.Save(path);
    Directory.Delete(settings.Scratch, recursive: true);
    Directory.Delete(settings.Disk, recursive: true);
}

return report.Missed == 0 ? 0 : 1;
