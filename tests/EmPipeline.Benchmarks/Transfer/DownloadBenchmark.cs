using System.Globalization;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks.Transfer;

/// <summary>
/// The Download stage in a process of its own against aria2c and rclone, from one nginx. Ours hashes what it fetches and ends when it is on the disk;
/// theirs end when the system has it. Time is ours without, theirs with the start of the process.
/// </summary>
internal static class DownloadBenchmark
{
    private const long FileBytes = 4L << 30, Gigabyte = 1_000_000_000;
    private const int Objects = 15_000, ObjectBytes = 300_000, TinyObjects = 1_000_000, MostRounds = 3, MostMiB = 300;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        if (!Nginx.IsHere)
        {
            report.Note("transfer-download: nginx with its echo module is not on this machine (Debian: nginx-light, libnginx-mod-http-echo); nothing was measured.");
            return;
        }

        // As build.sh sets it.
        Environment.SetEnvironmentVariable("DOTNET_GCgen0size", "0x1000000");
        // Served from memory: the disk is what is written to.
        var served = Directory.CreateDirectory(Path.Combine(settings.Scratch, "served")).FullName;
        using var nginx = await Nginx.StartAsync(served, Path.Combine(settings.Disk, "nginx"));
        var rounds = Math.Min(settings.Rounds, MostRounds);
        if (settings.WantsSource("one"))
            await OneFileAsync(settings, rounds, nginx, served, report);
        if (settings.WantsSource("many"))
            await ManyAsync(settings, rounds, nginx, served, report);
        if (settings.WantsSource("crop"))
            await CropAsync(settings, rounds, nginx, served, content, report);
        if (settings.WantsSource("million"))
            await MillionAsync(settings, rounds, nginx, report);
    }

    private static async Task OneFileAsync(Settings settings, int rounds, Nginx nginx, string served, Report report)
    {
        using var sides = new Sides(settings, rounds);
        report.Heading("Download: one file of 4 GiB over loopback, served from memory, to a disk");
        var path = Path.Combine(served, "volume.raw");
        WriteNoise(path, FileBytes);
        var (hash, disk) = (await MeasuredProcess.RunAsync("sha256sum", path), await sides.DiskAsync(path));
        var physical = FileBytes / 1e6 / Math.Max(hash.Seconds, disk);
        if (Nginx.OnPath("aria2c") is null)
        {
            report.Absent("unlimited", "", "≥ 1× aria2c", "aria2c");
            return;
        }

        var (ours, aria, ratio) = await sides.CompareAsync(Source(nginx.Address + "volume.raw"), "aria2c", folder => ["-q", "-x16", "-s16", "-d", folder, "-o", "out", nginx.Address + "volume.raw"]);
        var rate = FileBytes / 1e6 / ours.Seconds;
        report.Row("unlimited, hashed and durable", Compared(FileBytes, ours.Seconds, aria.Seconds, ratio), "≥ 1× aria2c -x16 -s16", ratio >= 1);
        report.Row("the same", $"{rate:f0} of {physical:f0} MB/s (sha256sum {hash.Seconds:f1} s, writing and flushing {disk:f1} s)", "≥ 80 % of the slower of disk and sha256sum", rate >= 0.8 * physical);
        var (processor, theirs) = (ours.ProcessorSeconds * Gigabyte / FileBytes, (aria.ProcessorSeconds + hash.ProcessorSeconds) * Gigabyte / FileBytes);
        report.Row("processor time of it", string.Create(CultureInfo.InvariantCulture, $"{processor:f2} of {theirs:f2} s a GB"), "≤ 1.3× aria2c and sha256sum", processor <= 1.3 * theirs);
        report.Row("resident memory", $"{ours.PeakMebibytes:f0} MiB", $"≤ {MostMiB} MiB", ours.PeakMebibytes <= MostMiB);
        (ours, aria, ratio) = await sides.CompareAsync(Source(nginx.Far + "volume.raw"), "aria2c", folder => ["-q", "-x16", "-s16", "-d", folder, "-o", "out", nginx.Far + "volume.raw"]);
        report.Row("answers 20 ms late, 20 MB/s a connection", Compared(FileBytes, ours.Seconds, aria.Seconds, ratio), "≥ 1× aria2c -x16 -s16", ratio >= 1);
        File.Delete(path);
    }

    private static async Task ManyAsync(Settings settings, int rounds, Nginx nginx, string served, Report report)
    {
        using var sides = new Sides(settings, rounds);
        report.Heading($"Download: {Objects:n0} objects of 300 kB over loopback, served from memory, to a disk");
        var folder = Directory.CreateDirectory(Path.Combine(served, "many")).FullName;
        var noise = new byte[ObjectBytes];
        for (var i = 0; i < Objects; i++)
        {
            new Random(i).NextBytes(noise);
            File.WriteAllBytes(Path.Combine(folder, $"{i:d5}.tif"), noise);
        }

        var bytes = (long)Objects * ObjectBytes;
        if (Nginx.OnPath("rclone") is null)
        {
            report.Absent("hashed and durable", "", "≥ 1.5× rclone", "rclone");
            return;
        }

        var (ours, rclone, ratio) = await sides.CompareAsync(
            Source($"{nginx.Address}many/{{00000..{Objects - 1:d5}}}.tif"), "rclone",
            target => ["copy", "--config", "/dev/null", "--http-url", nginx.Address + "many/", ":http:", target, "--transfers", "32", "--checkers", "32"]);
        report.Row("hashed and durable", Compared(bytes, ours.Seconds, rclone.Seconds, ratio), "≥ 1.5× rclone --transfers 32", ratio >= 1.5);
        report.Note(string.Create(CultureInfo.InvariantCulture, $"| (processor time of it) | {ours.ProcessorSeconds * Gigabyte / bytes:f2}, rclone {rclone.ProcessorSeconds * Gigabyte / bytes:f2} s a GB | | |"));
        report.Row("resident memory", $"{ours.PeakMebibytes:f0} MiB", $"≤ {MostMiB} MiB", ours.PeakMebibytes <= MostMiB);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task CropAsync(Settings settings, int rounds, Nginx nginx, string served, Content content, Report report)
    {
        using var sides = new Sides(settings, rounds);
        const int edge = 1000, origin = 500, chunk = 64;
        report.Heading($"Download: a crop of {edge}³ of a precomputed volume in shards (chunks of {chunk}³ as JPEG, 4,096 in a shard file, 8 minishards each)");
        var volume = PrecomputedFiles.WriteJpeg(served, Voxels.Of(content, VoxelType.UInt8, 1024, 1024), 4);
        var chunks = volume.Coded!.Value.Chunks;
        var wanted = 0L;
        var count = 0;
        for (var z = origin / chunk; z <= (origin + edge - 1) / chunk; z++)
        {
            for (var y = 0; y < 16; y++)
            {
                for (var x = 0; x < 16; x++, count++)
                    wanted += chunks[PrecomputedFiles.Morton(x, y, z % 16)].Length;
            }
        }

        await nginx.CountAsync();
        await sides.OursAsync(
            $$"""{ precomputed: "{{nginx.Address}}{{Path.GetFileName(volume.Address)}}" }""", $"crop: {{ origin: [{origin}, 12, 12], shape: [{edge}, {edge}, {edge}] }}");
        var (requests, bytes) = await nginx.CountAsync();
        report.Row("bytes fetched to bytes of its chunks", string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:f1} / {wanted / 1e6:f1} MB = {(double)bytes / wanted:f3}"), "≤ 1.05", bytes <= 1.05 * wanted);
        report.Row("requests", $"{requests} for {count} chunks", "≤ 1 for 8 chunks", requests * 8 <= count);
        Directory.Delete(volume.Address, recursive: true);
    }

    private static async Task MillionAsync(Settings settings, int rounds, Nginx nginx, Report report)
    {
        using var sides = new Sides(settings, rounds);
        report.Heading($"Download: {TinyObjects:n0} objects of 4 bytes");
        var run = await sides.OursAsync(Source($"{nginx.Address}tiny/{{0000000..{TinyObjects - 1:d7}}}"), null);
        report.Row("resident memory", $"{run.PeakMebibytes:f0} MiB", $"≤ {MostMiB} MiB", run.PeakMebibytes <= MostMiB);
        report.Note(string.Create(CultureInfo.InvariantCulture, $"| (time) | {run.Seconds:f0} s, {TinyObjects / run.Seconds:n0} a second | | |"));
    }

    private static string Source(string address) => $$"""{ http: "{{address}}" }""";

    private static string Compared(long bytes, double ours, double theirs, double ratio) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6 / ours:f0} / {bytes / 1e6 / theirs:f0} MB/s = {ratio:f2}×");

    private static void WriteNoise(string path, long bytes)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var piece = new byte[4 << 20];
        var random = new Random(1);
        for (var at = 0L; at < bytes; at += piece.Length)
        {
            random.NextBytes(piece);
            RandomAccess.Write(file, piece, at);
        }
    }
}
