using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EmPipeline.Stages;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>
/// The process that rechunks: opens a configuration as the pipeline does, runs the stages before Rechunk once, then Rechunk whenever it is
/// asked, each time from nothing.
/// </summary>
internal static class StageChild
{
    public const string Argument = "--stage-child";

    public static async Task<int> RunAsync(string configPath, string dataFolder)
    {
        var (config, data) = (ConfigReader.Read(configPath), new DataFolder(dataFolder));
        foreach (var stage in (StageName[])[StageName.Download, StageName.Verify, StageName.ExtractMetadata])
        {
            foreach (var dataset in config.Datasets)
                await StageRunner.RunAsync(stage, Context(dataset, data, configPath), CancellationToken.None);
        }

        Console.WriteLine("ready");
        while (Console.ReadLine() is { Length: > 0 } name)
        {
            foreach (var dataset in config.Datasets)
                Clear(data, dataset.Name);
            Console.WriteLine(JsonSerializer.Serialize(await MeasureAsync(Context(config.Dataset(name), data, configPath))));
        }

        return 0;
    }

    private static StageContext Context(DatasetConfig dataset, DataFolder data, string configPath) =>
        new() { Dataset = dataset, Data = data, LockFile = Path.ChangeExtension(configPath, ".lock.json") };

    private static async Task<StageRun> MeasureAsync(StageContext context)
    {
        using var self = Process.GetCurrentProcess();
        var (processor, read, watch) = (self.TotalProcessorTime, BytesRead(), Stopwatch.StartNew());
        await StageRunner.RunAsync(StageName.Rechunk, context, CancellationToken.None);
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
            var name = Path.GetFileName(path);
            if (!name.StartsWith("Download", StringComparison.Ordinal) && !name.StartsWith("Verify", StringComparison.Ordinal) && !name.StartsWith("ExtractMetadata", StringComparison.Ordinal))
                File.Delete(path);
        }
    }

    /// <summary>Bytes that this process has asked of the system so far.</summary>
    private static long BytesRead() =>
        long.Parse(File.ReadLines("/proc/self/io").First(line => line.StartsWith("rchar", StringComparison.Ordinal)).Split(':')[1], CultureInfo.InvariantCulture);
}

/// <summary>One run of the stage.</summary>
/// <param name="PeakMebibytes">The most that the process has had resident since it started.</param>
internal sealed record StageRun(double Seconds, double ProcessorSeconds, double PeakMebibytes, long BytesRead);
