using System.Diagnostics;
using System.Text.Json;
using EmPipeline.Benchmarks.Rechunk;

namespace EmPipeline.Benchmarks.Transfer;

/// <summary>
/// Runs ours and a peer in turn, each into a fresh folder of the disk. The folders stay to the end: a file system that has just removed thousands of
/// files goes round their numbers for a minute, and whoever makes files then waits for it.
/// </summary>
internal sealed class Sides(Settings settings, int rounds) : IDisposable
{
    private readonly List<string> _folders = [];

    public async Task<(StageRun Ours, MeasuredProcess Peer, double Ratio)> CompareAsync(string source, string peer, Func<string, string[]> arguments)
    {
        var seconds = new double[rounds, 2];
        StageRun? ours = null;
        MeasuredProcess? theirs = null;
        // One run that is not counted: the first to fill this much of the machine's memory is the slowest.
        await FreshAsync(folder => MeasuredProcess.RunAsync(peer, arguments(folder)));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var which in round % 2 == 0 ? (int[])[0, 1] : [1, 0])
            {
                if (which == 0)
                    seconds[round, 0] = (ours = await OursAsync(source, null)).Seconds;
                else
                    seconds[round, 1] = (theirs = await FreshAsync(folder => MeasuredProcess.RunAsync(peer, arguments(folder)))).Seconds;
            }
        }

        var times = new Times(seconds);
        return (ours! with { Seconds = times[0] }, theirs! with { Seconds = times[1] }, times.Ratio(0, 1));
    }

    public Task<StageRun> OursAsync(string source, string? setting) => FreshAsync(async folder =>
    {
        var config = Path.Combine(folder, "pipeline.yaml");
        await File.WriteAllTextAsync(config, $"version: 1\ndatasets:\n  v:\n    source: {source}\n{(setting is null ? "" : $"    {setting}\n")}");
        var (program, own) = Machine.Self();
        var run = await MeasuredProcess.RunAsync(program, [.. own, DownloadChild.Argument, config, Path.Combine(folder, "data")]);
        return JsonSerializer.Deserialize<StageRun>(run.Output.Split('\n').First(line => line.StartsWith('{')))!;
    });

    /// <summary>Seconds to write as many bytes to the disk, and flush them.</summary>
    public Task<double> DiskAsync(string source) => FreshAsync(folder =>
    {
        using var from = File.OpenHandle(source);
        using var to = File.OpenHandle(Path.Combine(folder, "copy"), FileMode.Create, FileAccess.Write);
        var piece = new byte[4 << 20];
        var clock = Stopwatch.StartNew();
        for (long at = 0, read; (read = RandomAccess.Read(from, piece, at)) > 0; at += read)
            RandomAccess.Write(to, piece.AsSpan(0, (int)read), at);
        RandomAccess.FlushToDisk(to);
        return Task.FromResult(clock.Elapsed.TotalSeconds);
    });

    public void Dispose()
    {
        foreach (var folder in _folders)
            Directory.Delete(folder, recursive: true);
    }

    // Nobody pays for what the one before left to be written.
    private async Task<T> FreshAsync<T>(Func<string, Task<T>> run)
    {
        var folder = Directory.CreateDirectory(Path.Combine(settings.Disk, $"run-{Guid.NewGuid():N}")).FullName;
        _folders.Add(folder);
        await Machine.SyncAsync(settings.Disk);
        return await run(folder);
    }
}
