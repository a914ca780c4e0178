using System.Diagnostics;
using EmPipeline.Catalog;

namespace EmPipeline.Benchmarks.State;

/// <summary>
/// What the pipeline's own bookkeeping costs at very many shards, in processes as a user starts them: going on where everything is done,
/// building the catalogue, a run with nothing to do, Status, and a query that draws blocks.
/// </summary>
internal static class StateBenchmark
{
    private const int Drawn = 100_000;

    public static Task MillionAsync(Settings settings, Report report) =>
        RunAsync(settings, report, "10⁶ shards", edge: 96, new Bars(NoOp: 5, NoOpMiB: 400, Catalog: 20, Status: 5, Query: 2), repeats: 3);

    public static Task TenMillionAsync(Settings settings, Report report) =>
        RunAsync(settings, report, "10⁷ shards", edge: 206, new Bars(NoOp: 60, NoOpMiB: 1024, Catalog: 240, Status: 60, Query: 2), repeats: 1);

    private static async Task RunAsync(Settings settings, Report report, string size, int edge, Bars bars, int repeats)
    {
        const int catalogMiB = 1024;
        var script = BuildScript.Path;
        var root = Path.Combine(settings.Disk, $"state-{edge}");
        Directory.CreateDirectory(root);
        // Whatever has to be built is built now.
        await MeasuredProcess.RunAsync(script, "Help");
        var volume = new SyntheticVolume(root, script, edge);
        var shards = await volume.MakeAsync();
        string[] where = ["--config", volume.Config, "--data", volume.Data, "--plain"];

        report.Heading($"State: {size} ({shards:#,0} in all levels, nine of ten with a file)");
        var resumed = await MeasuredProcess.RunAsync(script, ["Rechunk", .. where]);
        report.Note($"| (`./build.sh Rechunk` that finds every shard done) | {resumed.Seconds:f1} s, {resumed.PeakMiB:f0} MiB | | |");
        var catalog = await MeasuredProcess.RunAsync(script, where);
        report.Row(
            "`./build.sh`, which builds the catalogue", $"{catalog.Seconds:f1} s, {catalog.PeakMiB:f0} MiB", $"≤ {bars.Catalog} s, ≤ {catalogMiB} MiB",
            catalog.Seconds <= bars.Catalog && catalog.PeakMiB <= catalogMiB);
        var nothing = await MedianAsync(repeats, script, where);
        if (!nothing.Output.Contains("Everything is up to date", StringComparison.Ordinal))
            throw new InvalidOperationException($"A second run had something to do:\n{nothing.Output}");
        report.Row(
            "`./build.sh` with nothing to do", $"{nothing.Seconds:f1} s, {nothing.PeakMiB:f0} MiB", $"≤ {bars.NoOp} s, ≤ {bars.NoOpMiB} MiB",
            nothing.Seconds <= bars.NoOp && nothing.PeakMiB <= bars.NoOpMiB);
        var status = await MedianAsync(repeats, script, ["Status", .. where]);
        report.Row($"`./build.sh Status`", $"{status.Seconds:f1} s, {status.PeakMiB:f0} MiB", $"≤ {bars.Status} s", status.Seconds <= bars.Status);

        var watch = Stopwatch.StartNew();
        var blocks = await new CatalogReader(Path.Combine(volume.Data, "catalog")).SelectBlocksAsync($"SELECT * FROM (SELECT * FROM training_blocks WHERE mean > 122) USING SAMPLE reservoir({Drawn} ROWS) REPEATABLE (1)");
        report.Row($"a query that draws {blocks.Count:#,0} blocks", $"{watch.Elapsed.TotalSeconds:f2} s", $"≤ {bars.Query} s", blocks.Count == Drawn && watch.Elapsed.TotalSeconds <= bars.Query);
        // Deleting so many names one by one is rm's work.
        await MeasuredProcess.RunAsync("rm", "-rf", root);
    }

    private static async Task<MeasuredProcess> MedianAsync(int repeats, string command, string[] arguments)
    {
        var runs = new List<MeasuredProcess>();
        for (var i = 0; i < repeats; i++)
            runs.Add(await MeasuredProcess.RunAsync(command, arguments));
        return runs.OrderBy(run => run.Seconds).ElementAt(repeats / 2) with { PeakMiB = runs.Max(run => run.PeakMiB) };
    }

    private readonly record struct Bars(double NoOp, double NoOpMiB, double Catalog, double Status, double Query);
}
