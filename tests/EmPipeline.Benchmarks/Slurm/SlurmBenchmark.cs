using System.Globalization;
using System.Security.Cryptography;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Benchmarks.Rechunk;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Slurm;

/// <summary><c>./build.sh Rechunk --executor slurm</c> on two nodes against <c>./build.sh Rechunk</c>, both from their start to their end; and what planning very many tasks takes.</summary>
internal static class SlurmBenchmark
{
    private const int Gibibytes = 8, Tasks = 8, Pairs = 3;
    private const double Bar = 0.9;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        await PlanAsync(settings, report);
        report.Heading($"Rechunk of {Gibibytes} GiB uint8, MRC, zstd 1, all levels, on disk: {Tasks} tasks of one core on two nodes of Slurm on this machine, from submit to merged, against one process");
        var (cluster, why) = await TrialCluster.StartAsync();
        using var ended = cluster;
        if (cluster is null)
        {
            report.Note($"| absent: {why} | | | |");
            return;
        }

        var folder = Path.Combine(settings.Disk, "slurm");
        Volume.Fresh(folder);
        var source = MrcFile.Write(folder, Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge), Gibibytes);
        string[] data = [Path.Combine(settings.Disk, "local"), Path.Combine(settings.Disk, "cluster")];
        await MeasuredProcess.RunAsync(BuildScript.Path, "Help");
        var seconds = new double[Pairs, 2];
        // The first to fill the page cache is the slowest, and not counted.
        await RunAsync(data[0], source, isSlurm: false, settings);
        for (var pair = 0; pair < Pairs; pair++)
        {
            foreach (var which in pair % 2 == 0 ? (int[])[0, 1] : [1, 0])
                seconds[pair, which] = await RunAsync(data[which], source, which == 1, settings);
        }

        var times = new Times(seconds);
        var (ratio, megabytes) = (times.Ratio(1, 0), Volume.Megabytes * Gibibytes);
        report.Row("speed", $"{megabytes / times[1]:f0} of {megabytes / times[0]:f0} MB/s; {Report.Percent(ratio)}", $"≥ {Report.Percent(Bar)} of one process with two threads", ratio >= Bar);
        report.Note($"| (what it takes more, of {times[1]:f1} s) | {times[1] - times[0]:f1} s | | |");
        var (one, other) = (Tree(data[0]), Tree(data[1]));
        report.Row("files below zarr/ that differ", $"{one.Except(other).Count() + other.Except(one).Count()} of {one.Count}", "0", one.SetEquals(other));
    }

    private static async Task PlanAsync(Settings settings, Report report)
    {
        report.Heading("Planning tasks: a volume of 12032³ uint8, shards 128³, a process of its own");
        var (program, arguments) = Machine.Self();
        Volume.Fresh(settings.Disk);
        var planned = await MeasuredProcess.RunAsync(program, [.. arguments, PlanChild.Argument, settings.Disk]);
        var (count, seconds) = planned.Output.Trim().Split(' ') is [var number, var time] ? (int.Parse(number, CultureInfo.InvariantCulture), double.Parse(time, CultureInfo.InvariantCulture)) : throw new InvalidOperationException(planned.Output);
        report.Row($"{count:N0} tasks planned and written down", $"{seconds:f1} s", "≤ 5 s for 100,000", seconds <= 5 && count >= 100_000);
        report.Row("resident memory", $"{planned.PeakMiB:f0} MiB", "≤ 300 MiB", planned.PeakMiB <= 300);
    }

    private static async Task<double> RunAsync(string data, Container source, bool isSlurm, Settings settings)
    {
        Volume.Fresh(data);
        var config = StageProcess.WriteConfig(data, source, ("v", "codec: \"zstd:1\"; levels: auto"));
        var task = (Gibibytes * 1024 / Tasks).ToString(CultureInfo.InvariantCulture);
        // A configuration that has an executor uses it.
        if (isSlurm)
            await File.AppendAllTextAsync(config, $"executor:\n  slurm: {{ cpus: 1, atOnce: 2, taskSize: {task}MiB, memory: 2GiB }}\n");
        string[] where = ["--config", config, "--data", data, "--plain"];
        await MeasuredProcess.RunAsync(BuildScript.Path, ["ExtractMetadata", .. where]);
        await Machine.SyncAsync(settings.Disk);
        return (await MeasuredProcess.RunAsync(BuildScript.Path, ["Rechunk", .. where, .. isSlurm ? (string[])["--executor", "slurm"] : []])).Seconds;
    }

    private static HashSet<string> Tree(string data)
    {
        var root = Path.Combine(data, "zarr");
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(path => $"{Path.GetRelativePath(root, path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}")];
    }
}
