using System.Globalization;
using System.Text.Json;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Benchmarks.Rechunk;
using EmPipeline.Stages;
using EmPipeline.Stages.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Transfer;

/// <summary>
/// Publish in a process of its own against rclone sync --checksum, to one bare S3 server of the benchmark's own. Ours also sends the catalogue, and holds
/// every shard to the checksum that it was written with.
/// </summary>
internal static class PublishBenchmark
{
    private const string Bucket = "bucket", Prefix = "prefix", Connections = "16";
    private const int MostRounds = 3, MostMiB = 300;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        // rclone does without, or does not start.
        Environment.SetEnvironmentVariable("AWS_CA_BUNDLE", null);
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "bench");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "bench");
        // As build.sh sets it.
        Environment.SetEnvironmentVariable("DOTNET_GCgen0size", "0x1000000");
        var folder = Directory.CreateDirectory(Path.Combine(settings.Disk, "publish")).FullName;
        var (config, data, shards) = await MakeAsync(folder, content);
        var bytes = shards * (long)(2 << 20);
        using var server = await BareS3.StartAsync();
        report.Heading($"Publish: {shards:n0} shards of 2 MiB to a bare S3 server on loopback that drops what it takes");

        if (Nginx.OnPath("rclone") is null)
        {
            report.Absent("first", "", "≥ 1.5× rclone sync --checksum", "rclone");
            return;
        }

        var rounds = Math.Min(settings.Rounds, MostRounds);
        var (first, again, unknown) = (new double[rounds, 2], new double[rounds, 2], new double[rounds]);
        var (peak, processor, theirs) = (0.0, 0.0, 0.0);
        // One run that is not counted reads the files into memory.
        await RcloneAsync(Path.Combine(data, "zarr"), server);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var which in round % 2 == 0 ? (int[])[0, 1] : [1, 0])
            {
                await server.ClearAsync();
                if (which == 1)
                {
                    var run = await RcloneAsync(Path.Combine(data, "zarr"), server);
                    (first[round, 1], theirs) = (run.Seconds, run.ProcessorSeconds);
                    again[round, 1] = (await RcloneAsync(Path.Combine(data, "zarr"), server)).Seconds;
                    continue;
                }

                Forget(data);
                var ours = await OursAsync(config, data, server);
                (first[round, 0], processor) = (ours.Seconds, ours.ProcessorSeconds);
                again[round, 0] = (await OursAsync(config, data, server)).Seconds;
                peak = Math.Max(peak, ours.PeakMebibytes);
            }
        }

        var (times, repeated) = (new Times(first), new Times(again));
        report.Row("first", Text($"{bytes / 1e6 / times[0]:f0} / {bytes / 1e6 / times[1]:f0} MB/s = {times.Ratio(0, 1):f2}×"), $"≥ 1.5× rclone sync --checksum --transfers {Connections}", times.Ratio(0, 1) >= 1.5);
        report.Row("again, with nothing changed", Text($"{repeated[0]:f2} / {repeated[1]:f2} s = {repeated.Ratio(0, 1):f1}×"), "≥ 1×", repeated.Ratio(0, 1) >= 1);
        report.Row("resident memory", $"{peak:f0} MiB", $"≤ {MostMiB} MiB", peak <= MostMiB);
        report.Note(Text($"| (processor time of the first) | {processor * 1e9 / bytes:f2}, rclone {theirs * 1e9 / bytes:f2} s a GB | | |"));

        await server.ClearAsync();
        Forget(data);
        await KilledAsync(config, data, server, bytes / 2);
        await OursAsync(config, data, server);
        var most = long.Parse(Connections, CultureInfo.InvariantCulture) * (2L << 20);
        var more = await server.TakenAsync() - bytes - FolderBytes(Path.Combine(data, "catalog"));
        report.Row("sent again after kill -9 half way", Text($"{more / 1048576.0:f1} MiB"), $"≤ connections × piece ({most >> 20} MiB)", more <= most);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<(string Config, string Data, int Shards)> MakeAsync(string folder, Content content)
    {
        var source = MrcFile.Write(folder, Voxels.Of(content, VoxelType.UInt8, 512, 1024), 8).Address;
        var (config, data) = (Path.Combine(folder, "pipeline.yaml"), Path.Combine(folder, "data"));
        await File.WriteAllTextAsync(config, $"version: 1\ndatasets:\n  v: {{ source: {{ file: \"{source}\" }}, codec: raw, levels: 1 }}\n");
        var run = PipelineRun.Open(config, new DataFolder(data), Path.ChangeExtension(config, ".lock.json"));
        await run.BeginAsync([], CancellationToken.None);
        foreach (var stage in Stage.All)
            await run.RunAsync(stage, run.Context("v"), CancellationToken.None);
        await CatalogStage.RunAsync(await run.CheckCatalogAsync(CancellationToken.None), run.Data, _ => { }, CancellationToken.None);
        return (config, data, Directory.EnumerateFiles(Path.Combine(data, "zarr"), "*", SearchOption.AllDirectories).Count(path => new FileInfo(path).Length > 1 << 20));
    }

    private static string[] Arguments(string config, string data, BareS3 server) => [PublishChild.Argument, config, data, $"s3://{Bucket}/{Prefix}", server.Address];

    private static async Task<StageRun> OursAsync(string config, string data, BareS3 server)
    {
        var (program, own) = Machine.Self();
        var run = await MeasuredProcess.RunAsync(program, [.. own, .. Arguments(config, data, server)]);
        return JsonSerializer.Deserialize<StageRun>(run.Output.Split('\n').First(line => line.StartsWith('{')))!;
    }

    private static async Task KilledAsync(string config, string data, BareS3 server, long after)
    {
        var (program, own) = Machine.Self();
        using var process = MeasuredProcess.Start(program, [.. own, .. Arguments(config, data, server)]);
        var sent = 0L;
        while (sent < after && !process.HasExited)
        {
            await Task.Delay(20);
            sent = await server.TakenAsync();
        }

        process.Kill();
        await process.WaitForExitAsync();
    }

    private static Task<MeasuredProcess> RcloneAsync(string folder, BareS3 server) => MeasuredProcess.RunAsync(
        "rclone", "sync", "--checksum", "--config", "/dev/null", "--transfers", Connections, "--checkers", Connections, "--s3-provider", "Other", "--s3-region", "us-east-1", "--s3-list-version", "2",
        "--s3-endpoint", server.Address, "--s3-access-key-id", "bench", "--s3-secret-access-key", "bench", folder, $":s3:{Bucket}/{Prefix}/rclone");

    private static void Forget(string data)
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(data, "state"), "publish.*"))
            File.Delete(path);
    }

    private static long FolderBytes(string folder) => Directory.EnumerateFiles(folder).Sum(path => new FileInfo(path).Length);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
