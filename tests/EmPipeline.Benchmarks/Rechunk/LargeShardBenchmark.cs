using EmPipeline.Benchmarks.Containers;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>Shards of 512³ and 1024³ int16, up to 2 GiB each, within a memory of 256 MiB: each in a process of its own, against shards of 128³.</summary>
internal static class LargeShardBenchmark
{
    private const int Memory = 256, Runtime = 100;
    private const double Bar = 0.7;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        report.Heading($"Large shards: {Volume.Edge}³ int16 of FIB-25, zstd 1, three levels, memory: {Memory}MiB");
        var folder = Path.Combine(settings.Disk, "large");
        Volume.Fresh(folder);
        // Half of it twice: an array holds no more.
        var voxels = Voxels.Of(content, VoxelType.Int16, Volume.Edge / 2, Volume.Edge);
        var (source, megabytes) = (MrcFile.Write(folder, voxels, 2), 2 * voxels.Megabytes);
        var usual = await MeasureAsync(settings, source, 128);
        foreach (var edge in new[] { 512, 1024 })
        {
            var run = await MeasureAsync(settings, source, edge);
            report.Row($"shards of {edge}³: peak memory", $"{run.PeakMebibytes:f0} MiB", $"≤ {Memory + Runtime} MiB", run.PeakMebibytes <= Memory + Runtime);
            var ratio = usual.Seconds / run.Seconds;
            report.Row(
                $"shards of {edge}³ against 128³", $"{megabytes / run.Seconds:f0} of {megabytes / usual.Seconds:f0} MB/s; {Report.Percent(ratio)}",
                $"≥ {Report.Percent(Bar)}", ratio >= Bar);
        }
    }

    private static async Task<StageRun> MeasureAsync(Settings settings, Container source, int edge)
    {
        using var child = await StageProcess.StartAsync(
            Path.Combine(settings.Scratch, "data"), source, ("v", $"codec: \"zstd:1\"; levels: 3; shard: [{edge}, {edge}, {edge}]; memory: {Memory}MiB"));
        // The first run loads and compiles.
        await child.RunAsync("v");
        return await child.RunAsync("v");
    }
}
