using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Benchmarks;

/// <summary>
/// Peak memory and cost per GiB as the source grows, each run in a process of its own. The source is a file of 1 GiB whose z axis goes on
/// from the start: the page cache holds it whatever the size. Cost is processor time, since the disk's pace changes once it must write back.
/// </summary>
internal static class MemoryBenchmark
{
    public const string ChildArgument = "--child";
    private const string Cold = "cold", Warm = "warm", WithoutFlushing = "without-flushing";
    private const int Edge = 1024;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        var raw = content.RawFile(settings.Disk, Edge, Edge, Edge);
        var output = Path.Combine(settings.Disk, "memory");
        report.Heading($"Memory and cost: uint8 {Edge}² planes, zstd 1, all levels, on disk");
        var (peaks, costs) = (new List<double>(), new List<double>());
        foreach (var size in settings.Gibibytes)
        {
            // A short run does not always come to its peak: as many runs as make 4 GiB.
            var cold = await ChildAsync(Cold, raw, output, size);
            for (var again = 1; again < 4 / size; again++)
                cold["peak"] = Math.Max(cold["peak"], (await ChildAsync(Cold, raw, output, size))["peak"]);
            var warm = await ChildAsync(Warm, raw, output, size);
            peaks.Add(cold["peak"]);
            costs.Add(warm["cost"] / size);
            report.Row($"peak resident memory, {size} GiB", $"{peaks[^1]:f0} MiB", "≤ 600 MiB", peaks[^1] <= 600);
            report.Row($"bytes read / bytes of source, {size} GiB", $"{cold["ratio"]:f3}", "≤ 1.05", cold["ratio"] <= 1.05);
            report.Note($"| (processor time, wall time per GiB, {size} GiB) | {costs[^1]:f2} s, {warm["wall"] / size:f2} s | | |");
        }

        report.Row("peak memory, largest against smallest", $"{peaks.Max() / peaks.Min():f2}", "≤ 1.10", peaks.Max() / peaks.Min() <= 1.10);
        // A fall is no loss: large outputs leave the page cache once written, and so need no memory that the system has to clear first.
        var growth = costs.Max() / costs[0];
        report.Row($"cost per GiB, dearest against {settings.Gibibytes[0]} GiB", $"{growth:f2} (last: {costs[^1] / costs[0]:f2})", "≤ 1.10", growth <= 1.10);
    }

    /// <summary>The child's work: prints peak memory and processor time as JSON.</summary>
    /// <param name="mode">
    /// <see cref="Warm"/>: runs over 1 GiB once before, so that starting a program and compiling its methods does not count as the volume's cost.
    /// <see cref="WithoutFlushing"/>: leaves the output to the page cache and flushes the whole file system once at the end.
    /// </param>
    public static async Task<int> ChildAsync(string mode, string raw, string output, string planes)
    {
        AppContext.SetSwitch("EmPipeline.WithoutFlushing", mode == WithoutFlushing);
        var shape = new NdIndex(long.Parse(planes, CultureInfo.InvariantCulture), Edge, Edge);
        await using var source = new RawVolume(raw, shape, VoxelType.UInt8);
        if (mode == Warm)
        {
            await ZarrRechunk.RunAsync(
                source, Box.Whole(NdIndex.Filled(3, Edge)), Path.Combine(output, "first.zarr"), Path.Combine(output, "first"), new RechunkOptions { Codec = ShardCodec.Zstd() });
        }

        var (watch, before) = (Stopwatch.StartNew(), Process.GetCurrentProcess().TotalProcessorTime);
        var result = await ZarrRechunk.RunAsync(
            source, Box.Whole(shape), Path.Combine(output, "v.zarr"), Path.Combine(output, "journal"), new RechunkOptions { Codec = ShardCodec.Zstd() });
        if (mode == WithoutFlushing)
            await Process.Start("sync", ["-f", output]).WaitForExitAsync();
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>
        {
            ["peak"] = Machine.PeakResident(),
            ["cost"] = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds,
            ["wall"] = watch.Elapsed.TotalSeconds,
            ["ratio"] = (double)result.SourceBytesRead / shape.Volume,
        }));
        return 0;
    }

    /// <summary>What flushing each shard before it counts as done costs, against one flush of everything at the end; the median of pairs of runs.</summary>
    public static async Task FlushingAsync(Settings settings, Content content, Report report)
    {
        const int size = 2, pairs = 11;
        var raw = content.RawFile(settings.Disk, Edge, Edge, Edge);
        var output = Path.Combine(settings.Disk, "flushing");
        var ratios = new List<double>();
        for (var i = 0; i < pairs; i++)
        {
            var seconds = new double[2];
            // In turn first and second: the disk is not the same after a run as before it.
            foreach (var without in i % 2 == 0 ? (int[])[0, 1] : [1, 0])
            {
                Volume.Fresh(output);
                await Process.Start("sync", ["-f", output]).WaitForExitAsync();
                seconds[without] = (await ChildAsync(without == 1 ? WithoutFlushing : Cold, raw, output, size))["wall"];
            }

            ratios.Add(seconds[0] / seconds[1]);
        }

        ratios.Sort();
        report.Heading($"Durability: {size} GiB uint8, zstd 1, all levels, on disk");
        report.Row(
            "time with every shard flushed before it is listed, against one flush at the end",
            $"{ratios[pairs / 2]:f3}, the median of {pairs} pairs ({ratios[0]:f2} to {ratios[^1]:f2})", "≤ 1.05", ratios[pairs / 2] <= 1.05);
    }

    private static async Task<Dictionary<string, double>> ChildAsync(string mode, string raw, string output, int size)
    {
        Volume.Fresh(output);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in new[] { ChildArgument, mode, raw, output, (size * Edge).ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Directory.Delete(output, recursive: true);
        return JsonSerializer.Deserialize<Dictionary<string, double>>(text)!;
    }
}
