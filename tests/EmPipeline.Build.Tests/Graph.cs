using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EmPipeline.Build.Tests;

/// <summary>Runs the graph as build.sh does, in a process of its own.</summary>
internal static class Graph
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What a run printed, and its exit code.</summary>
    internal sealed record Result(int ExitCode, string Output)
    {
        /// <summary>The stages that ran, as "dataset: Stage".</summary>
        public IReadOnlyList<string> StagesRun =>
            Output.Split('\n').Where(line => line.EndsWith(" ...", StringComparison.Ordinal)).Select(line => line[..^4]).Order(StringComparer.Ordinal).ToList();
    }

    public static Task<Result> RunAsync(string target, params string[] properties) => FinishAsync(Start(target, properties));

    public static Process Start(string target, params string[] properties)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        string[] arguments =
        [
            "msbuild", Repository.File("build/Pipeline.proj"), $"-t:{target}", .. properties.Select(property => $"-p:{property}"), "-m:8", "-mt", "-nologo", "-noconsolelogger",
            $"-logger:EmPipeline.Build.Logging.PipelineLogger,{Repository.File("artifacts/pipeline/EmPipeline.Build.dll")};target={target};plain",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // What the test runner sets for its own build must not reach this one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return Process.Start(start)!;
    }

    public static async Task<Result> FinishAsync(Process process)
    {
        using (process)
        {
            using var patience = new CancellationTokenSource(Patience);
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new Result(process.ExitCode, await output + await errors);
        }
    }

    /// <summary>What Ctrl-C sends.</summary>
    public static void Interrupt(Process process) => Kill(process.Id, 2);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
