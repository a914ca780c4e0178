using System.Diagnostics;
using EmPipeline.Storage;
using EmPipeline.Torch;

namespace EmPipeline.Benchmarks;

/// <summary>Blocks that reach a training loop over a link of some latency and bandwidth.</summary>
internal static class TrainingRemoteBenchmark
{
    private const double Link = 200e6, Latency = 0.020;
    private const int Batch = 8, MostRequests = 8;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        TorchRuntime.EnsureLoadable();
        await TrainingBenchmark.MakeAsync(settings, content);
        report.Heading($"Training over HTTP, {Latency * 1000:f0} ms to each answer and {Link / 1e6:f0} MB/s in all: {Volume.Edge}³ uint8 of FIB-25, raw, batches of {Batch}, nothing cached");
        await using var server = await SlowServer.StartAsync(settings.Scratch, TimeSpan.FromSeconds(Latency), Link);
        foreach (var isCropped in (bool[])[false, true])
        {
            var options = new BlockOptions
            {
                Values = BlockValues.Stored, RandomCrop = isCropped, Remote = new RemoteOptions { MemoryBytes = 0, CacheFolder = Path.Combine(settings.Scratch, "cache") },
            };
            await using var source = await BlockSource.OpenAsync($"{server.Address}/catalog", "z < 256", options);
            var rates = new List<(double Blocks, double Bytes, double Requests)>();
            for (var round = -1; round < settings.Rounds; round++)
            {
                var measured = Measure(source, server, round + 1);
                if (round >= 0)
                    rates.Add(measured);
            }

            var name = isCropped ? "random unaligned 128³" : "aligned 128³";
            var (share, requests) = (Times.Middle(rates.Select(rate => rate.Bytes)) / Link, Times.Middle(rates.Select(rate => rate.Requests)));
            report.Row($"{name}: share of the link that voxels take", $"{Report.Percent(share)}; {Times.Middle(rates.Select(rate => rate.Blocks)):f0} blocks/s", "≥ 80 %", share >= 0.8);
            report.Row($"{name}: requests for voxels a block", $"{requests:f1}", $"≤ {(isCropped ? MostRequests : 1)}", requests <= (isCropped ? MostRequests : 1));
        }
    }

    private static (double Blocks, double Bytes, double Requests) Measure(BlockSource source, SlowServer server, int epoch)
    {
        var served = 0;
        var (watch, sent, reads) = (Stopwatch.StartNew(), server.Sent, server.Reads);
        foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch, Prefetch = 4 }).Epoch(epoch))
        {
            using (batch)
                served += batch.Indices.Count;
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return (served / seconds, (server.Sent - sent) / seconds, (server.Reads - reads) / (double)served);
    }
}
