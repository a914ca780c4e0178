using EmPipeline.Benchmarks.Containers;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>
/// <c>./build.sh Rechunk</c> against a process that does nothing but the Rechunk stage, both from their start to their end. The stages before
/// it are done beforehand; the data folder is on a disk, as a user's is.
/// </summary>
internal static class WholeRunBenchmark
{
    private const int Gibibytes = 16, Pairs = 3;
    private const double Bar = 0.95;
    private const string Output = "codec: \"zstd:1\"; levels: auto";

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        report.Heading($"`./build.sh Rechunk` as a whole: {Gibibytes} GiB uint8, a TIFF with a strip a page, zstd 1, all levels, on disk");
        var folder = Path.Combine(settings.Disk, "whole");
        Volume.Fresh(folder);
        var source = TiffFiles.Write(folder, Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge), Volume.Edge, Volume.Edge * Gibibytes);
        var (script, data) = (BuildScript.Path, Path.Combine(settings.Disk, "data"));
        // Whatever has to be built is built now.
        await MeasuredProcess.RunAsync(script, "Help");
        var (program, arguments) = Machine.Self();
        var seconds = new double[Pairs, 2];
        var peak = 0.0;
        // One run that is not counted: the first to fill this much of the page cache is the slowest.
        await RunAsync(0);
        for (var pair = 0; pair < Pairs; pair++)
        {
            foreach (var which in pair % 2 == 0 ? (int[])[0, 1] : [1, 0])
                seconds[pair, which] = await RunAsync(which);
        }

        var times = new Times(seconds);
        var (ratio, megabytes) = (times.Ratio(1, 0), Volume.Megabytes * Gibibytes);
        report.Row(
            "`./build.sh Rechunk`", $"{megabytes / times[1]:f0} of {megabytes / times[0]:f0} MB/s; {Report.Percent(ratio)}",
            $"≥ {Report.Percent(Bar)} of the stage in a process of its own", ratio >= Bar);
        report.Note($"| (what it takes more; peak memory) | {times[1] - times[0]:f2} s; {peak:f0} MiB | | |");

        async Task<double> RunAsync(int which)
        {
            Volume.Fresh(data);
            var config = StageProcess.WriteConfig(data, source, ("v", Output));
            string[] where = ["--config", config, "--data", data, "--plain"];
            await MeasuredProcess.RunAsync(script, ["ExtractMetadata", .. where]);
            await Machine.SyncAsync(settings.Disk);
            if (which == 0)
                return (await MeasuredProcess.RunAsync(program, [.. arguments, StageChild.Once, config, data])).Seconds;
            var run = await MeasuredProcess.RunAsync(script, ["Rechunk", .. where]);
            peak = Math.Max(peak, run.PeakMiB);
            return run.Seconds;
        }
    }
}
