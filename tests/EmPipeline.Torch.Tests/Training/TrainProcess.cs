using System.Diagnostics;

namespace EmPipeline.Torch.Tests.Training;

/// <summary>EmPipeline.Train as a user starts it, from its start to its end.</summary>
internal sealed record TrainProcess(int Code, string Output, string Error, TimeSpan Time)
{
    /// <summary>128 and SIGKILL's number.</summary>
    public bool IsKilled => Code == 137;

    /// <param name="kill">Asked every millisecond, with the time since the start: whether it is to be killed now. Null: never.</param>
    public static async Task<TrainProcess> RunAsync(IReadOnlyList<string> arguments, Func<TimeSpan, bool>? kill = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "EmPipeline.Train.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Beside other tests the threads of an operation only wait for each other. Whoever sets it to more, gets more.
        start.Environment.TryAdd("OMP_NUM_THREADS", "1");
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (kill is not null)
        {
            while (!process.WaitForExit(1))
            {
                if (kill(clock.Elapsed))
                    process.Kill();
            }
        }

        await process.WaitForExitAsync();
        return new TrainProcess(process.ExitCode, await output, await error, clock.Elapsed);
    }
}
