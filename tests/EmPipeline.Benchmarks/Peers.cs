using System.Diagnostics;
using System.Text.Json;

namespace EmPipeline.Benchmarks;

/// <summary>Other software on the same content: scripts in peers/, run with the interpreter that the command line names.</summary>
internal static class Peers
{
    /// <param name="Version">zarr-python's.</param>
    /// <param name="Write">MB/s.</param>
    /// <param name="Read">MB/s.</param>
    /// <param name="Random">Unaligned 128³ blocks/s.</param>
    internal sealed record Zarr(string Version, double Write, double Read, double Random);

    /// <summary>zarr-python; null when there is none.</summary>
    public static async Task<Zarr?> ZarrAsync(Settings settings, string raw, string codec)
    {
        var answer = await RunAsync(settings, "zarr_peer.py", raw, Path.Combine(settings.Scratch, "peer.zarr"), codec);
        return answer is { } json
            ? new Zarr(json.GetProperty("version").GetString()!, json.GetProperty("write").GetDouble(), json.GetProperty("read").GetDouble(), json.GetProperty("random").GetDouble())
            : null;
    }

    /// <summary>Random blocks a second from numpy.memmap, of places not touched before and of the same again; null when there is no NumPy.</summary>
    public static async Task<(string Version, double First, double Again)?> MemmapAsync(Settings settings, string raw) =>
        await RunAsync(settings, "memmap_peer.py", raw) is { } json
            ? (json.GetProperty("version").GetString()!, json.GetProperty("first").GetDouble(), json.GetProperty("again").GetDouble())
            : null;

    /// <summary>The seconds of zarr-python 3 in the zarrs benchmark; null without it.</summary>
    public static async Task<(string Version, double[] Seconds)?> ZarrsAsync(Settings settings, string raw) =>
        await RunAsync(settings, "zarrs_peer.py", raw, Path.Combine(settings.Scratch, "peer.zarr")) is { } json
            ? (json.GetProperty("version").GetString()!, [.. json.GetProperty("seconds").EnumerateArray().Select(value => value.GetDouble())])
            : null;

    /// <summary>A row against zarr-python 3 where it is, else against its recorded figures, named as such; zarr-python 2 as information.</summary>
    public static void Row(Report report, string name, double got, double? measured, Zarr? peer, double recorded, double bar)
    {
        var isThree = peer?.Version.StartsWith('3') == true;
        var compared = isThree ? measured!.Value : recorded;
        var which = isThree ? $"zarr-python {peer!.Version}" : "zarr-python 3.0.10 as recorded (absent here)";
        report.Row($"{name} {which}", $"{got:f0} / {compared:f0} = {got / compared:f1}×", $"≥ {bar}×", got / compared >= bar);
        if (peer is not null && !isThree)
            report.Note($"| (zarr-python {peer.Version}, unsharded array of the same inner chunks) | {got:f0} / {measured:f0} = {got / measured:f1}× | | |");
    }

    private static async Task<JsonElement?> RunAsync(Settings settings, string script, params string[] arguments)
    {
        if (settings.Python is null)
            return null;
        var start = new ProcessStartInfo(settings.Python) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "peers", script));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode == 0)
            return JsonDocument.Parse(output).RootElement.Clone();
        Console.Error.WriteLine($"{script}: {(await errors).Trim().Split('\n')[^1]}");
        return null;
    }
}
