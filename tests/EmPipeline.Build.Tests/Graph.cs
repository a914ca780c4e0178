using System.Diagnostics;
using System.Runtime.InteropServices;
using EmPipeline.CommandLine;

namespace EmPipeline.Build.Tests;

/// <summary>Runs the graph as build.sh does, in a process of its own.</summary>
internal static class Graph
{
    private const int Sigint = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What a run printed, and its exit code.</summary>
    internal sealed record Result(int ExitCode, string Output)
    {
        /// <summary>The stages that ran, as "dataset: Stage".</summary>
        public IReadOnlyList<string> StagesRun =>
            Output.Split('\n').Where(line => line.EndsWith(" ...", StringComparison.Ordinal)).Select(line => line[..^4]).Order(StringComparer.Ordinal).ToList();
    }

    public static Task<Result> RunAsync(params string[] arguments) => FinishAsync(Start(arguments));

    /// <param name="arguments">What a user gives to build.sh.</param>
    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in GraphRun.Arguments(Command.Parse([.. arguments, "--plain"]), Repository.Root, Environment.GetEnvironmentVariable("EMPIPELINE_SDK") ?? ""))
            start.ArgumentList.Add(argument);
        // What the test runner sets for its own build must not reach this one.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return Process.Start(start)!;
    }

    /// <summary>Runs build.sh itself, as a user does, from a folder.</summary>
    public static Task<Result> BuildAsync(string folder, params string[] arguments)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("build.sh needs a POSIX shell");
        return FinishAsync(Process.Start(new ProcessStartInfo("bash", [Repository.File("build.sh"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        })!);
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
    public static void Interrupt(Process process) => Kill(process.Id, Sigint);

    /// <summary>Whether this process was started to ignore Ctrl-C, which is passed on to what it starts; known on Linux alone.</summary>
    public static bool InterruptIsIgnored =>
        File.Exists("/proc/self/status") &&
        File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } ignored &&
        (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) >> (Sigint - 1) & 1) == 1;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
