using System.Diagnostics;
using System.Text.Json;
using EmPipeline.Benchmarks.Rechunk;
using EmPipeline.Stages;
using EmPipeline.Stages.Publish;
using EmPipeline.Storage;

namespace EmPipeline.Benchmarks.Transfer;

/// <summary>The process that publishes a data folder once, as the pipeline does, and says what that took without the process's own start.</summary>
internal static class PublishChild
{
    public const string Argument = "--publish-once";

    public static async Task<int> RunAsync(string configPath, string dataFolder, string to, string endpoint)
    {
        using var self = Process.GetCurrentProcess();
        var (processor, clock) = (self.TotalProcessorTime, Stopwatch.StartNew());
        var run = PipelineRun.Open(configPath, new DataFolder(dataFolder), Path.ChangeExtension(configPath, ".lock.json"));
        var options = new PublishOptions(to) { Stores = new StoreOptions { S3 = new S3StoreOptions { ServiceUrl = new Uri(endpoint) } } };
        var outcome = await PublishStage.RunAsync(await run.CheckCatalogAsync(CancellationToken.None), run.Data, options, CancellationToken.None);
        var seconds = clock.Elapsed.TotalSeconds;
        self.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new StageRun(seconds, (self.TotalProcessorTime - processor).TotalSeconds, Machine.PeakResident(), outcome.Bytes)));
        return 0;
    }
}
