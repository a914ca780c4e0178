using System.Diagnostics;
using EmPipeline.Torch;

namespace EmPipeline.Benchmarks;

/// <summary>How soon training has its first batch, and how much of its time it waits when it needs half of what the loader could bring.</summary>
internal static class TrainingStartBenchmark
{
    private const int Batch = 8;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        TorchRuntime.EnsureLoadable();
        var catalog = await TrainingBenchmark.MakeAsync(settings, content);
        report.Heading($"Training, its start: {Volume.Edge}³ uint8 of FIB-25, raw, batches of {Batch}, normalised, page cache warm");
        // A training has made its network by then, and with it loaded torch.
        var watch = Stopwatch.StartNew();
        using (TorchSharp.torch.empty(1))
            report.Note($"| (loading libtorch, which whatever makes a process's first tensor waits for) | {watch.Elapsed.TotalSeconds:f2} s | | |");
        var cold = await FirstAsync(catalog);
        var warm = new List<(double Opened, double First)>();
        for (var round = 0; round < settings.Rounds; round++)
            warm.Add(await FirstAsync(catalog));
        var first = Times.Middle(warm.Select(times => times.First));
        report.Row("first batch after opening; the process's first, torch being loaded, code compiled as it runs", $"{cold.First:f2} s (opening: {cold.Opened:f2} s)", "≤ 0.2 s", cold.First <= 0.2);
        report.Row("first batch after opening; later", $"{first:f2} s (opening: {Times.Middle(warm.Select(times => times.Opened)):f2} s)", "≤ 0.2 s", first <= 0.2);
        var (state, expected) = await HalfAnEpochAsync(catalog);
        var resumed = new List<double>();
        for (var round = 0; round < settings.Rounds; round++)
            resumed.Add(await ResumeAsync(catalog, state, expected));
        report.Row("resume: from a state of mid-epoch to the next batch, opening included", $"{Times.Middle(resumed):f2} s; the slowest {resumed.Max():f2} s", "≤ 0.2 s", Times.Middle(resumed) <= 0.2);
        await using var source = await BlockSource.OpenAsync(catalog, "", new BlockOptions { RandomCrop = true });
        var (whole, _) = Consume(source, TimeSpan.Zero);
        var (time, waited) = Consume(source, 2 * whole);
        report.Row("share of its time that a consumer at half the loader's rate waits", $"{waited / time:0.0 %}", "≤ 2 %", waited / time <= 0.02);
    }

    private static async Task<(double Opened, double First)> FirstAsync(string catalog)
    {
        var watch = Stopwatch.StartNew();
        await using var source = await BlockSource.OpenAsync(catalog, "", new BlockOptions { RandomCrop = true });
        var opened = watch.Elapsed.TotalSeconds;
        foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch }).Epoch())
        {
            batch.Dispose();
            return (opened, watch.Elapsed.TotalSeconds - opened);
        }

        return (opened, double.PositiveInfinity);
    }

    /// <summary>The state after half of an epoch's batches, as it is kept, and the blocks of the batch that follows.</summary>
    private static async Task<(string State, IReadOnlyList<int> Next)> HalfAnEpochAsync(string catalog)
    {
        await using var source = await BlockSource.OpenAsync(catalog, "", new BlockOptions { RandomCrop = true });
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch });
        var (state, served) = ("", 0);
        foreach (var batch in loader.Epoch())
        {
            using (batch)
            {
                if (++served == loader.Count / 2)
                    state = batch.State.ToJson();
                else if (state.Length > 0)
                    return (state, [.. batch.Indices]);
            }
        }

        throw new InvalidOperationException("an epoch of fewer than two batches");
    }

    private static async Task<double> ResumeAsync(string catalog, string state, IReadOnlyList<int> expected)
    {
        var watch = Stopwatch.StartNew();
        await using var source = await BlockSource.OpenAsync(catalog, "", new BlockOptions { RandomCrop = true });
        using var batches = new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch }).Resume(LoaderState.Parse(state)).GetEnumerator();
        batches.MoveNext();
        var seconds = watch.Elapsed.TotalSeconds;
        using var batch = batches.Current;
        return batch.Indices.SequenceEqual(expected) ? seconds : throw new InvalidOperationException("another batch than the one that would have come");
    }

    /// <summary>An epoch for a consumer that takes so long for all of it, in even steps. The first batch, for which it can only wait, is another row's.</summary>
    private static (TimeSpan Time, TimeSpan Waited) Consume(BlockSource source, TimeSpan whole)
    {
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch });
        var (clock, waited) = (new Stopwatch(), TimeSpan.Zero);
        using var batches = loader.Epochs(0, 2).GetEnumerator();
        for (var i = 0; i <= loader.Count; i++)
        {
            var asked = clock.Elapsed;
            batches.MoveNext();
            waited += clock.Elapsed - asked;
            clock.Start();
            var until = clock.Elapsed + (whole / loader.Count);
            while (until - clock.Elapsed is { Ticks: > 0 } left)
                Thread.Sleep(left);
            batches.Current.Dispose();
        }

        return (clock.Elapsed, waited);
    }
}
