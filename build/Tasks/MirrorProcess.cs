using System.Diagnostics;
using System.Text.Json;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.Build.Framework;

namespace EmPipeline.Build.Tasks;

/// <summary>The Demo's server as a process of its own: started by the first stage that fetches from it, stopped with the build.</summary>
internal sealed class MirrorProcess : IDisposable
{
    private static readonly Lock Gate = new();
    private readonly Process _process;

    private MirrorProcess(string folder)
    {
        var program = Path.Combine(Path.GetDirectoryName(typeof(MirrorProcess).Assembly.Location)!, "..", "bin", "EmPipeline.Demo", "release", "EmPipeline.Demo.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { program, "serve", "--folder", folder, "--parent", $"{Environment.ProcessId}" },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = _process.StandardOutput.ReadLine()
            ?? throw new EmException(Fault.Machine, $"{program}: got no answer, expected the addresses it serves. Run 'dotnet {program} serve --folder {folder}' to see why.");
        using var addresses = JsonDocument.Parse(line);
        Map = new MirrorMap(new Uri(addresses.RootElement.GetProperty("http").GetString()!), new Uri(addresses.RootElement.GetProperty("s3").GetString()!));
    }

    public MirrorMap Map { get; }

    /// <summary>The one server of this build for a folder.</summary>
    public static MirrorMap For(IBuildEngine4 engine, string folder)
    {
        lock (Gate)
        {
            if (engine.GetRegisteredTaskObject(folder, RegisteredTaskObjectLifetime.Build) is MirrorProcess running)
                return running.Map;
            var server = new MirrorProcess(folder);
            engine.RegisterTaskObject(folder, server, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            return server.Map;
        }
    }

    public void Dispose()
    {
        // The server ends when its standard input closes.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(2)))
            _process.Kill();
        _process.Dispose();
    }
}
