using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using EmPipeline.Demo;
using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Serving;
using EmPipeline.Volumes;

try
{
    var arguments = Arguments.Parse(args);
    if (arguments.Command == "generate")
        Generate(arguments.Folder);
    else
        await ServeAsync(arguments.Folder, arguments.Parent);
    return 0;
}
catch (EmException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    // Disk full, no permission.
    await Console.Error.WriteLineAsync($"The mirror could not be written or read: {e.Message}");
    return 1;
}

static void Generate(string folder)
{
    var watch = Stopwatch.StartNew();
    var (stamp, written) = MirrorGenerator.Generate(folder);
    var size = FormattableString.Invariant($"{stamp.Files.Count} files, {stamp.Files.Values.Sum(f => f.Bytes) / 1e6:0.0} MB");
    if (written)
        Console.WriteLine(FormattableString.Invariant($"mirror: {size}, written in {watch.Elapsed.TotalSeconds:0.0} s"));
}

static async Task ServeAsync(string folder, int? parent)
{
    // A folder without a stamp is somebody's own mirror.
    var stamp = MirrorStamp.Read(folder) ?? new MirrorStamp(MirrorGenerator.Version, []);
    if (stamp.Version != MirrorGenerator.Version || !Directory.Exists(folder))
        throw new EmException(Fault.Configuration, $"{folder}: got no mirror of this version. Run 'generate --folder {folder}' first.");
    using var stop = new CancellationTokenSource();
    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    await using var server = await MirrorServer.StartAsync(folder, stamp, stop.Token);
    Console.WriteLine(JsonSerializer.Serialize(new { http = server.HttpAddress, s3 = server.S3Address }));
    await Lifetime.WaitAsync(Console.OpenStandardInput(), parent, stop.Token);
}
