using System.Globalization;
using EmPipeline.Benchmarks;
using EmPipeline.Benchmarks.Metadata;
using EmPipeline.Benchmarks.Rechunk;
using EmPipeline.Benchmarks.State;
using EmPipeline.Benchmarks.Training;
using EmPipeline.Benchmarks.View;
using EmPipeline.Stages;

// A child: the Rechunk stage in a process of its own.
if (args is [StageChild.Argument, var config, var data])
    return await StageChild.RunAsync(Stage.Rechunk, config, data);
if (args is [StageChild.Metadata, var metadataConfig, var metadataData])
    return await StageChild.RunAsync(Stage.ExtractMetadata, metadataConfig, metadataData);
if (args is [StageChild.Once, var onlyConfig, var onlyData])
    return await StageChild.RunOnceAsync(onlyConfig, onlyData);
if (args is [MemoryBenchmark.Argument, var catalog, var minutes])
    return await MemoryBenchmark.RunChildAsync(catalog, double.Parse(minutes, CultureInfo.InvariantCulture));
if (args is [PredictBenchmark.Argument, var array, var model])
    return await PredictBenchmark.RunChildAsync(array, model);

var settings = Settings.Parse(args);
if (Content.Load() is not { } content)
{
    Console.Error.WriteLine("../shared/realdata/em/fib25_520: got no such folder, expected the slices that the benchmarks are made of.");
    return 2;
}

var report = new Report();
report.Note($"{Machine.Describe()}. Sources lie on disk, outputs in memory where nothing else is said; medians of {settings.Rounds} rounds, in each of which all took their turn.");
Directory.CreateDirectory(settings.Scratch);
Directory.CreateDirectory(settings.Disk);
try
{
    if (settings.Wants("rechunk-plain"))
        await PlainBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("rechunk-coded"))
        await CodedBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("rechunk-read"))
        await ReadBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("rechunk-zarrs"))
        await ZarrsBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("rechunk-shards"))
        await LargeShardBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("rechunk-layouts"))
        await LayoutBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("rechunk-chunks"))
        await ChunkBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("rechunk-whole"))
        await WholeRunBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("rechunk-disk"))
        await DiskBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("sections-found"))
        await SectionsBenchmark.FindAsync(content, report);
    if (settings.Wants("sections-cost"))
        await SectionsBenchmark.CostAsync(settings, content, report);
    if (settings.Wants("state-million"))
        await StateBenchmark.MillionAsync(settings, report);
    if (settings.Wants("state-ten-million"))
        await StateBenchmark.TenMillionAsync(settings, report);
    if (settings.Wants("metadata"))
        await MetadataBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training"))
        await TrainingBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-loader"))
        await LoaderBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-labels"))
        await LabelsBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-transforms"))
        await TransformsBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-foreground"))
        await ForegroundBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-accelerators"))
        await AcceleratorBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-start"))
        await TrainingStartBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-predict"))
        await PredictBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-cold"))
        await TrainColdBenchmark.RunAsync(settings, report);
    if (settings.Wants("training-memory"))
        await MemoryBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("training-targets"))
        await TargetsBenchmark.RunAsync(settings, report);
    if (settings.Wants("training-remote"))
        await TrainingRemoteBenchmark.RunAsync(settings, content, report);
    if (settings.Wants("view"))
        await ViewBenchmark.RunAsync(settings, content, report);
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
