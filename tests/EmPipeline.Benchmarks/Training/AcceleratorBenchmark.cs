using System.Diagnostics;
using EmPipeline.Torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>
/// MLPerf Storage's UNet3D, emulated as it does: accelerators that each take a batch of seven samples of 2 MiB, are busy for as long as the real one was, and want the
/// next. Each is a rank with a loader of its own, on a thread that sleeps for what it computes.
/// </summary>
internal static class AcceleratorBenchmark
{
    private const int Batch = 7, Steps = 30, WarmUp = 8;
    private const double LeastBusy = 0.9;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        TorchRuntime.EnsureLoadable();
        var data = await TrainingData.MakeAsync(settings, content, "raw");
        await using var source = await BlockSource.OpenAsync(data.Catalog, "level = 0", new BlockOptions { Values = BlockValues.Stored, RandomCrop = true });
        report.Heading($"MLPerf Storage, UNet3D emulated: random unaligned 2,097,152-byte samples of {Volume.Edge}³, raw, batches of {Batch} for each accelerator, {Settings.Threads} cores, page cache warm");
        foreach (var (name, seconds, bar) in ((string, double, int)[])[("h100", 0.323, 50), ("b200", 0.162, 25)])
        {
            var busy = Run(source, bar, seconds);
            report.Row($"{bar} accelerators of {name}, busy for {seconds} s a batch, the first {WarmUp} batches left out: share of their time", $"{Report.Percent(busy)}; {bar * Batch / seconds * busy:f0} samples/s", $"≥ {Report.Percent(LeastBusy)}", busy >= LeastBusy);
        }
    }

    /// <summary>The share of their time that the accelerators are busy, all of them together, the first steps left out.</summary>
    private static double Run(BlockSource source, int accelerators, double compute)
    {
        var waited = new double[accelerators];
        var threads = Enumerable.Range(0, accelerators).Select(rank => new Thread(() => waited[rank] = Accelerator(source, rank, accelerators, TimeSpan.FromSeconds(compute)))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        var busy = (Steps - WarmUp) * compute;
        return waited.Average(seconds => busy / (busy + seconds));
    }

    private static double Accelerator(BlockSource source, int rank, int accelerators, TimeSpan compute)
    {
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch * accelerators, WorldSize = accelerators, Rank = rank, Workers = 1 });
        using var batches = loader.Epochs().GetEnumerator();
        var waited = TimeSpan.Zero;
        for (var step = 0; step < Steps; step++)
        {
            var asked = Stopwatch.GetTimestamp();
            batches.MoveNext();
            if (step >= WarmUp)
                waited += Stopwatch.GetElapsedTime(asked);
            Thread.Sleep(compute);
            batches.Current.Dispose();
        }

        return waited.TotalSeconds;
    }
}
