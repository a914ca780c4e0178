using System.Diagnostics;
using System.Globalization;

namespace EmPipeline.Benchmarks.View;

/// <summary>The viewer in a process of its own, as <c>./build.sh View</c> starts it.</summary>
internal sealed class ViewProcess : IDisposable
{
    private readonly Process _process;

    private ViewProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<ViewProcess> StartAsync(string data)
    {
        var program = Path.Combine(Path.GetDirectoryName(BuildScript.Path)!, "artifacts", "bin", "EmPipeline.Explorer", "release", "EmPipeline.Explorer.dll");
        var process = MeasuredProcess.Start("dotnet", program, "--data", data, "--port", "0", "--parent", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        var line = await process.StandardOutput.ReadLineAsync();
        var address = line?.Split(' ').FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal));
        return address is null ? throw new InvalidOperationException($"{program}: got '{line}', expected its address.") : new ViewProcess(process, new Uri(address));
    }

    /// <summary>Resident memory now and at its highest, MiB, as the kernel counts it.</summary>
    public (double Now, double Peak) Memory()
    {
        var lines = File.ReadAllLines($"/proc/{_process.Id}/status");
        double Of(string name) => long.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;
        return (Of("VmRSS:"), Of("VmHWM:"));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
