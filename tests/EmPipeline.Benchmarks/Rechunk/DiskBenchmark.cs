using System.Diagnostics;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>On disk, durable: against writing the same bytes to the same disk in files of the same size, each flushed.</summary>
internal static class DiskBenchmark
{
    private const int Gibibytes = 4, Pairs = 5;
    private const double Bar = 0.90;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        report.Heading($"Durable, on disk: {Gibibytes} GiB uint8, a TIFF with a strip a page, all levels");
        var voxels = Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge);
        var folder = Path.Combine(settings.Disk, "durable");
        Volume.Fresh(folder);
        var source = TiffFiles.Write(folder, voxels, Volume.Edge, Volume.Edge * Gibibytes);
        await MeasureAsync(settings, report, source, "raw", "codec: raw; levels: auto");
        await MeasureAsync(settings, report, source, "zstd 1", "codec: \"zstd:1\"; levels: auto");
    }

    private static async Task MeasureAsync(Settings settings, Report report, Container source, string name, string output)
    {
        var (data, bare) = (Path.Combine(settings.Disk, "data"), Path.Combine(settings.Disk, "bare"));
        using var child = await StageProcess.StartAsync(data, source, ("v", output));
        var ratios = new List<double>();
        double[] seconds = [0, 0];
        await child.RunAsync("v");
        var sizes = new DirectoryInfo(Path.Combine(data, "zarr")).EnumerateFiles("*", SearchOption.AllDirectories).Select(file => (int)file.Length).ToArray();
        var megabytes = sizes.Sum(size => (long)size) / 1e6;
        for (var pair = 0; pair < Pairs; pair++)
        {
            // In turn first and second: the disk is not the same after a run as before it.
            foreach (var which in pair % 2 == 0 ? (int[])[0, 1] : [1, 0])
            {
                Volume.Fresh(bare);
                await Machine.SyncAsync(settings.Disk);
                if (which == 0)
                {
                    var watch = Stopwatch.StartNew();
                    await BareLoops.WriteDurablyAsync(sizes, bare, Settings.Threads);
                    seconds[0] = watch.Elapsed.TotalSeconds;
                }
                else
                {
                    seconds[1] = (await child.RunAsync("v")).Seconds;
                }
            }

            ratios.Add(seconds[0] / seconds[1]);
        }

        ratios.Sort();
        report.Row(
            $"{name}", $"{megabytes / seconds[1]:f0} MB of files a second; {Report.Percent(ratios[Pairs / 2])}, the median of {Pairs} pairs ({ratios[0]:f2} to {ratios[^1]:f2})",
            $"≥ {Report.Percent(Bar)} of writing and flushing alone", ratios[Pairs / 2] >= Bar);
    }
}
