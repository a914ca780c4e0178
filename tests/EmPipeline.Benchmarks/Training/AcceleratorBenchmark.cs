using System.Diagnostics;
using EmPipeline.Stages;
using EmPipeline.Torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>
/// MLPerf Storage's UNet3D, emulated as it does: accelerators that each take a batch of seven samples of 2 MiB, are busy for as long as the real one was, and want the
/// next. Each is a rank with a loader of its own, on a thread that sleeps for what it computes.
/// </summary>
internal static class AcceleratorBenchmark
{
    private const int Batch = 7, Steps = 30, WarmUp = 8, ColdEpochs = 8;
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

        await RunColdAsync(await TrainingData.MakeAsync(settings with { Scratch = settings.Disk }, content, "raw"), report);
    }

    /// <summary>Reported, without a bar: it is the disk that decides.</summary>
    private static async Task RunColdAsync(DataFolder data, Report report)
    {
        report.Heading($"The same with the volume on a disk, opened anew and its page cache dropped before each epoch of {512} samples; means of {ColdEpochs} epochs, the first batch of each counted");
        var (voxels, guard) = (Path.Combine(data.Root, "zarr"), new Lock());
        PageCache.Drop(voxels);
        var watch = Stopwatch.StartNew();
        var read = ReadAll(voxels);
        report.Note($"| the disk: all of the volume's files once, one after another, by {Settings.Threads} threads | {read / 1e6 / watch.Elapsed.TotalSeconds:f0} MB/s | | |");
        foreach (var (name, compute, accelerators) in ((string, double, int)[])[("none", 0, 1), ("h100", 0.323, 10), ("h100", 0.323, 50), ("b200", 0.162, 5), ("b200", 0.162, 25)])
        {
            var (busy, waited, samples) = (0.0, 0.0, 0L);
            watch.Reset();
            for (var epoch = 0; epoch < ColdEpochs; epoch++)
            {
                PageCache.Drop(voxels);
                await using var source = await BlockSource.OpenAsync(data.Catalog, "level = 0", new BlockOptions { Values = BlockValues.Stored, RandomCrop = true });
                samples += source.Count;
                watch.Start();
                Parallel(accelerators, rank =>
                {
                    var (own, steps) = Epoch(source, epoch, rank, accelerators, TimeSpan.FromSeconds(compute));
                    lock (guard)
                        (busy, waited) = (busy + (steps * compute), waited + own);
                });
                watch.Stop();
            }

            var seconds = watch.Elapsed.TotalSeconds;
            report.Note(compute == 0
                ? $"| samples as fast as they come, for one who does nothing with them | {samples / seconds:f0} samples/s; {samples * 2.097152 / seconds:f0} MB/s of them | | |"
                : $"| {accelerators} accelerators of {name}: share of their time that they are busy | {Report.Percent(busy / (busy + waited))}; {samples / seconds:f0} samples/s | | |");
        }
    }

    /// <summary>The share of their time that the accelerators are busy, all of them together, the first steps left out.</summary>
    private static double Run(BlockSource source, int accelerators, double compute)
    {
        var waited = new double[accelerators];
        Parallel(accelerators, rank => waited[rank] = Accelerator(source, rank, accelerators, TimeSpan.FromSeconds(compute)));
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

    /// <summary>An epoch of one accelerator: how long it waited, and for how many batches.</summary>
    private static (double Waited, int Steps) Epoch(BlockSource source, int epoch, int rank, int accelerators, TimeSpan compute)
    {
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch * accelerators, WorldSize = accelerators, Rank = rank, Workers = accelerators == 1 ? Settings.Threads : 1 });
        var (waited, steps, asked) = (TimeSpan.Zero, 0, Stopwatch.GetTimestamp());
        foreach (var batch in loader.Epoch(epoch))
        {
            waited += Stopwatch.GetElapsedTime(asked);
            steps++;
            Thread.Sleep(compute);
            batch.Dispose();
            asked = Stopwatch.GetTimestamp();
        }

        return (waited.TotalSeconds, steps);
    }

    private static void Parallel(int count, Action<int> run)
    {
        var threads = Enumerable.Range(0, count).Select(i => new Thread(() => run(i))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static long ReadAll(string folder)
    {
        var (files, next, bytes) = (Directory.GetFiles(folder, "*", SearchOption.AllDirectories), -1, 0L);
        Parallel(Settings.Threads, _ =>
        {
            var piece = new byte[4 << 20];
            while (Interlocked.Increment(ref next) is var i && i < files.Length)
            {
                using var file = File.OpenHandle(files[i]);
                for (var at = 0L; RandomAccess.Read(file, piece, at) is var read and > 0; at += read)
                    Interlocked.Add(ref bytes, read);
            }
        });
        return bytes;
    }
}
