using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EmPipeline.Stages;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>
/// The process that runs one stage: opens a configuration as the pipeline does, runs the stages before it once, then the stage whenever it is
/// asked, each time from nothing.
/// </summary>
internal static class StageChild
{
    public const string Argument = "--stage-child", Metadata = "--metadata-child", Once = "--stage-once";

    public static async Task<int> RunAsync(Stage measured, string configPath, string dataFolder)
    {
        var run = PipelineRun.Open(configPath, new DataFolder(dataFolder), Path.ChangeExtension(configPath, ".lock.json"));
        var datasets = await run.BeginAsync([], CancellationToken.None);
        foreach (var stage in measured.Upstream)
        {
            foreach (var dataset in datasets)
                await run.RunAsync(stage, run.Context(dataset.Name), CancellationToken.None);
        }

        Console.WriteLine("ready");
        while (Console.ReadLine() is { Length: > 0 } name)
        {
            foreach (var dataset in datasets)
                Clear(run.Data, dataset.Name);
            Console.WriteLine(JsonSerializer.Serialize(await MeasureAsync(run, measured, name)));
        }

        return 0;
    }

    /// <summary>Rechunk of a configuration's only dataset, whose stages before it are done, and nothing else.</summary>
    public static async Task<int> RunOnceAsync(string configPath, string dataFolder)
    {
        var run = PipelineRun.Open(configPath, new DataFolder(dataFolder), Path.ChangeExtension(configPath, ".lock.json"));
        var datasets = await run.BeginAsync([], CancellationToken.None);
        await run.RunAsync(Stage.Rechunk, run.Context(datasets.Single().Name), CancellationToken.None);
        return 0;
    }

    private static async Task<StageRun> MeasureAsync(PipelineRun run, Stage stage, string dataset)
    {
        using var self = Process.GetCurrentProcess();
        Machine.ForgetPeak();
        var (processor, read, watch) = (self.TotalProcessorTime, BytesRead(), Stopwatch.StartNew());
        await run.RunAsync(stage, run.Context(dataset), CancellationToken.None);
        var seconds = watch.Elapsed.TotalSeconds;
        self.Refresh();
        return new StageRun(seconds, (self.TotalProcessorTime - processor).TotalSeconds, Machine.PeakResident(), BytesRead() - read);
    }

    /// <summary>Takes away what an earlier run made, so that the next starts from nothing.</summary>
    private static void Clear(DataFolder data, string dataset)
    {
        if (Directory.Exists(data.Zarr(dataset)))
            Directory.Delete(data.Zarr(dataset), recursive: true);
        foreach (var path in Directory.EnumerateFiles(data.State(dataset)))
        {
            if (Path.GetFileName(path).StartsWith("Rechunk", StringComparison.Ordinal) || Path.GetFileName(path).StartsWith("blocks", StringComparison.Ordinal))
                File.Delete(path);
        }
    }

    /// <summary>Bytes that this process has asked of the system so far.</summary>
    private static long BytesRead() =>
        long.Parse(File.ReadLines("/proc/self/io").First(line => line.StartsWith("rchar", StringComparison.Ordinal)).Split(':')[1], CultureInfo.InvariantCulture);
}

/// <summary>One run of the stage.</summary>
/// <param name="PeakMebibytes">The most that the process had resident during this run, with what the runs and stages before it left behind.</param>
internal sealed record StageRun(double Seconds, double ProcessorSeconds, double PeakMebibytes, long BytesRead);
