using System.Diagnostics;
using System.Text.Json;
using EmPipeline.Benchmarks.Rechunk;
using EmPipeline.Stages;

namespace EmPipeline.Benchmarks.Transfer;

/// <summary>The process that runs the Download stage of a configuration's only dataset, once, as the pipeline does, and says what that took without the process's own start.</summary>
internal static class DownloadChild
{
    public const string Argument = "--download-once";

    public static async Task<int> RunAsync(string configPath, string dataFolder)
    {
        var run = PipelineRun.Open(configPath, new DataFolder(dataFolder), Path.ChangeExtension(configPath, ".lock.json"));
        var dataset = (await run.BeginAsync([], CancellationToken.None)).Single();
        using var self = Process.GetCurrentProcess();
        var (processor, clock) = (self.TotalProcessorTime, Stopwatch.StartNew());
        var outcome = await run.RunAsync(Stage.Download, run.Context(dataset.Name), CancellationToken.None);
        var seconds = clock.Elapsed.TotalSeconds;
        self.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new StageRun(seconds, (self.TotalProcessorTime - processor).TotalSeconds, Machine.PeakResident(), outcome.Bytes)));
        return 0;
    }
}
