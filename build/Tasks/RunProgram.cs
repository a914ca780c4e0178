using System.Diagnostics;
using System.Globalization;
using Microsoft.Build.Framework;
using Task = System.Threading.Tasks.Task;

namespace EmPipeline.Build.Tasks;

/// <summary>
/// Builds a program and runs it with a list of arguments, never through a shell. What it prints appears as it comes; what it says on its
/// standard error is this task's error when it fails.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class RunProgram : PipelineTask
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>What is built first; null: nothing.</summary>
    public string? Project { get; set; }

    /// <summary>The assembly to run; null: none.</summary>
    public string? Program { get; set; }

    public string[] Arguments { get; set; } = [];

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        if (Project is not null)
            await RunAsync($"dotnet build {Project}", ["build", Project, "-c", "Release", "--nologo", "-v", "q", "-tl:off"], asItComes: false, cancellation);
        if (Program is not null && !Log.HasLoggedErrors)
            await RunAsync(Path.GetFileNameWithoutExtension(Program), [Program, .. Arguments], asItComes: true, cancellation);
    }

    private async Task RunAsync(string name, string[] arguments, bool asItComes, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // For a program that serves until it is stopped, and must not outlive a build that was killed.
        start.Environment["EMPIPELINE_PARENT"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var kept = new List<string>();
        var ended = ReadAsync();
        var stopped = new TaskCompletionSource();
        await using (cancellation.Register(stopped.SetResult))
        {
            // Ctrl-C on a terminal reaches the program too, which then ends by itself.
            if (await Task.WhenAny(ended, stopped.Task) != ended && await Task.WhenAny(ended, Task.Delay(Grace, CancellationToken.None)) != ended)
                process.Kill(entireProcessTree: true);
            await ended;
        }

        var said = kept.Distinct().Concat((await errors).Split('\n').Select(line => line.TrimEnd()).Where(line => line.Length > 0)).ToList();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode == 0)
            said.ForEach(line => Log.LogMessage(MessageImportance.High, "{0}", line));
        else if (said.Count > 0)
            said.ForEach(LogProblem);
        else
            LogProblem($"{name}: got exit code {process.ExitCode}, expected 0. What it printed above says why.");

        async Task ReadAsync()
        {
            while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            {
                if (asItComes)
                    Log.LogMessage(MessageImportance.High, "{0}", line);
                else if (line.Contains("error ", StringComparison.Ordinal))
                    kept.Add(line.Trim());
            }

            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
