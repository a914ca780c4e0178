using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace EmPipeline.Benchmarks;

/// <summary>PyTorch's DataLoader in a process of its own that answers once for each question, so that it takes its turn in every round.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process _process;

    private TorchPeer(Process process, string version) => (_process, Version) = (process, version);

    public string Version { get; }

    /// <summary>Null where the interpreter has no PyTorch, or there is no interpreter.</summary>
    public static TorchPeer? Start(string? python, string raw, int blocks, double mean, double deviation)
    {
        if (python is null)
            return null;
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "peers", "torch_peer.py"), raw, Text(blocks), Text(mean), Text(deviation)])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        if (process.StandardOutput.ReadLine() is { } line)
            return new TorchPeer(process, JsonDocument.Parse(line).RootElement.GetProperty("version").GetString()!);
        process.Dispose();
        return null;
    }

    /// <summary>Blocks a second of one epoch of "stored" or "normalised" blocks.</summary>
    public double Rate(string values)
    {
        _process.StandardInput.WriteLine(values);
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("torch_peer.py ended without an answer.");
        return JsonDocument.Parse(line).RootElement.GetProperty("rate").GetDouble();
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
