using System.Diagnostics;
using System.Text.Json;
using EmPipeline.Storage;

namespace EmPipeline.Stages.Tests;

/// <summary>The Demo's web and S3 server over any mirror folder, as a process of its own.</summary>
internal sealed class DemoServer : IAsyncDisposable
{
    private readonly Process _process;

    private DemoServer(Process process, MirrorMap map) => (_process, Map) = (process, map);

    public MirrorMap Map { get; }

    public static async Task<DemoServer> StartAsync(string folder)
    {
        var program = Path.Combine(AppContext.BaseDirectory.Replace("EmPipeline.Stages.Tests", "EmPipeline.Demo", StringComparison.Ordinal), "EmPipeline.Demo.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", [program, "serve", "--folder", folder]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var addresses = JsonDocument.Parse(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{program} served nothing"));
        return new DemoServer(process, new MirrorMap(
            new Uri(addresses.RootElement.GetProperty("http").GetString()!), new Uri(addresses.RootElement.GetProperty("s3").GetString()!)));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
