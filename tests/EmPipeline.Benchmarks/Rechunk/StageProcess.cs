using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EmPipeline.Benchmarks.Containers;

namespace EmPipeline.Benchmarks.Rechunk;

/// <summary>A <see cref="StageChild"/> as seen from the benchmark: a data folder with a pipeline.yaml, and the process that runs over it.</summary>
internal sealed class StageProcess : IDisposable
{
    private readonly Process _process;

    private StageProcess(Process process) => _process = process;

    /// <param name="data">The data folder; made afresh.</param>
    /// <param name="datasets">Each dataset's name and its output settings, as YAML ("codec: raw, levels: 1").</param>
    public static Task<StageProcess> StartAsync(string data, Container source, params (string Name, string Output)[] datasets) =>
        StartAsync(data, source, StageChild.Argument, datasets);

    /// <param name="argument">Which stage: <see cref="StageChild.Argument"/> or <see cref="StageChild.Metadata"/>.</param>
    public static async Task<StageProcess> StartAsync(string data, Container source, string argument, params (string Name, string Output)[] datasets)
    {
        Volume.Fresh(data);
        var config = WriteConfig(data, source, datasets);
        var (program, arguments) = Machine.Self();
        var start = new ProcessStartInfo(program, [.. arguments, argument, config, data]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // As build.sh sets it.
        start.Environment["DOTNET_GCgen0size"] = "0x1000000";
        var process = Process.Start(start)!;
        return await process.StandardOutput.ReadLineAsync() == "ready"
            ? new StageProcess(process)
            : throw new InvalidOperationException($"{source.Address}: the stages before it failed; the error is above.");
    }

    public static string WriteConfig(string data, Container source, params (string Name, string Output)[] datasets)
    {
        var text = new StringBuilder("version: 1\ndatasets:\n");
        foreach (var (name, output) in datasets)
        {
            text.Append($"  {name}:\n    source: {{ file: \"{source.Address}\" }}\n");
            foreach (var setting in output.Split("; "))
                text.Append($"    {setting}\n");
        }

        var path = Path.Combine(data, "pipeline.yaml");
        File.WriteAllText(path, text.ToString());
        return path;
    }

    public async Task<StageRun> RunAsync(string dataset)
    {
        await _process.StandardInput.WriteLineAsync(dataset);
        await _process.StandardInput.FlushAsync();
        return await _process.StandardOutput.ReadLineAsync() is { } line
            ? JsonSerializer.Deserialize<StageRun>(line)!
            : throw new InvalidOperationException($"{dataset}: the stage failed; the error is above.");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
