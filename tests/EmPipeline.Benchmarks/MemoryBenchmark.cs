using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EmPipeline.Formats.Zarr;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks;

/// <summary>
/// Peak memory and cost per GiB as the source grows, each run in a process of its own. The source is a file of 1 GiB whose z axis goes on
/// from the start: the page cache holds it whatever the size. Cost is processor time, since the disk's pace changes once it must write back.
/// </summary>
internal static class MemoryBenchmark
{
    private const int Edge = 1024;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        var raw = content.RawFile(settings.Disk, Edge, Edge, Edge);
        var runs = new List<(int Gibibytes, double Peak, double Cost, double Wall, double Ratio)>();
        foreach (var size in settings.Gibibytes)
        {
            var output = Path.Combine(settings.Disk, "memory");
            Volume.Fresh(output);
            runs.Add(await MeasureAsync(raw, output, size));
            Directory.Delete(output, recursive: true);
        }

        report.Heading($"Memory and cost: uint8 {Edge}² planes, zstd 1, all levels, on disk");
        foreach (var (size, peak, cost, wall, ratio) in runs)
        {
            report.Row($"peak resident memory, {size} GiB", $"{peak:f0} MiB", "≤ 600 MiB", peak <= 600);
            report.Row($"bytes read / bytes of source, {size} GiB", ratio.ToString("f3", CultureInfo.InvariantCulture), "≤ 1.05", ratio <= 1.05);
            report.Note($"| (processor time, wall time per GiB, {size} GiB) | {cost:f2} s, {wall:f2} s | | |");
        }

        var (least, most) = (runs.Min(run => run.Peak), runs.Max(run => run.Peak));
        report.Row("peak memory, largest against smallest", $"{most / least:f2}", "≤ 1.10", most / least <= 1.10);
        var (cheap, dear) = (runs.Min(run => run.Cost), runs.Max(run => run.Cost));
        report.Row("cost per GiB, dearest against cheapest", $"{dear / cheap:f2}", "≤ 1.10", dear / cheap <= 1.10);
    }

    /// <summary>The child's work: prints peak memory and processor time as JSON.</summary>
    /// <param name="withoutFlushing">Leaves the output to the page cache and flushes the whole file system once at the end.</param>
    public static async Task<int> ChildAsync(string raw, string output, string planes, bool withoutFlushing)
    {
        AppContext.SetSwitch("EmPipeline.WithoutFlushing", withoutFlushing);
        var shape = new NdIndex(long.Parse(planes, CultureInfo.InvariantCulture), Edge, Edge);
        await using var source = new RawVolume(raw, shape, VoxelType.UInt8);
        var watch = Stopwatch.StartNew();
        var result = await ZarrRechunk.RunAsync(
            source, Box.Whole(shape), Path.Combine(output, "v.zarr"), Path.Combine(output, "journal"), new RechunkOptions { Codec = ShardCodec.Zstd() });
        if (withoutFlushing)
            await Process.Start("sync", ["-f", output]).WaitForExitAsync();
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>
        {
            ["peak"] = Machine.PeakResident(),
            ["cost"] = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
            ["wall"] = watch.Elapsed.TotalSeconds,
            ["ratio"] = (double)result.SourceBytesRead / shape.Volume,
        }));
        return 0;
    }

    /// <summary>What flushing each shard before it counts as done costs, against one flush of everything at the end; the median of pairs of runs.</summary>
    public static async Task FlushingAsync(Settings settings, Content content, Report report)
    {
        const int size = 2, pairs = 5;
        var raw = content.RawFile(settings.Disk, Edge, Edge, Edge);
        var output = Path.Combine(settings.Disk, "flushing");
        var ratios = new List<double>();
        for (var i = 0; i < pairs; i++)
        {
            var seconds = new double[2];
            for (var without = 0; without < 2; without++)
            {
                Volume.Fresh(output);
                await Process.Start("sync", ["-f", output]).WaitForExitAsync();
                seconds[without] = (await ChildAsync(raw, output, size, without == 1))["wall"];
            }

            ratios.Add(seconds[0] / seconds[1]);
        }

        Directory.Delete(output, recursive: true);
        ratios.Sort();
        report.Heading($"Durability: {size} GiB uint8, zstd 1, all levels, on disk");
        report.Row(
            "time with every shard flushed before it is listed, against one flush at the end",
            $"{ratios[pairs / 2]:f3} (from {ratios[0]:f2} to {ratios[^1]:f2})", "≤ 1.05", ratios[pairs / 2] <= 1.05);
    }

    private static async Task<(int, double, double, double, double)> MeasureAsync(string raw, string output, int size)
    {
        var values = await ChildAsync(raw, output, size, withoutFlushing: false);
        return (size, values["peak"], values["cost"] / size, values["wall"] / size, values["ratio"]);
    }

    private static async Task<Dictionary<string, double>> ChildAsync(string raw, string output, int size, bool withoutFlushing)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in new[] { withoutFlushing ? "--child-without-flushing" : "--child", raw, output, (size * Edge).ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer.Deserialize<Dictionary<string, double>>(text)!;
    }
}
