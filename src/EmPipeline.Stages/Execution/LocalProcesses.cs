using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using EmPipeline.Stages.Configuration;

namespace EmPipeline.Stages.Execution;

/// <summary>Runs tasks as processes of this machine, a few at once. They end with this process, which forgets them: whoever goes on hands them over again.</summary>
/// <param name="atOnce">Tasks that may run at once where their array does not say.</param>
public sealed class LocalProcesses(WorkerProgram worker, int atOnce) : IExecutor, IDisposable
{
    private readonly ConcurrentDictionary<(string Array, int Number), TaskState> _states = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _arrays = new();

    public string Kind => ExecutorConfig.Processes;

    public TimeSpan Tick => TimeSpan.FromMilliseconds(200);

    public Task SubmitAsync(TaskArray tasks, CancellationToken cancellation)
    {
        worker.Require();
        foreach (var number in tasks.Numbers)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(tasks.Log(number))!);
            _states[(tasks.Name, number)] = new TaskState(TaskStatus.Waiting);
        }

        var stop = (_arrays[tasks.Name] = new CancellationTokenSource()).Token;
        _ = Parallel.ForEachAsync(tasks.Numbers, new ParallelOptions { MaxDegreeOfParallelism = tasks.AtOnce ?? atOnce, CancellationToken = stop }, async (number, _) =>
            _states[(tasks.Name, number)] = await RunAsync(tasks, number, stop));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<(string Array, int Number), TaskState>> QueryAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<(string, int), TaskState>>(_states);

    public string? Hint(IReadOnlyList<TaskArray> arrays) => null;

    public Task CancelAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation) =>
        Task.WhenAll(arrays.Select(array => _arrays.GetValueOrDefault(array.Name)?.CancelAsync() ?? Task.CompletedTask));

    /// <summary>Ends all tasks.</summary>
    public void Dispose()
    {
        foreach (var stop in _arrays.Values)
        {
            stop.Cancel();
            stop.Dispose();
        }
    }

    private async Task<TaskState> RunAsync(TaskArray tasks, int number, CancellationToken stop)
    {
        var start = new ProcessStartInfo(WorkerProgram.Host, [worker.Path, tasks.Job, number.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // It ends when this process does, however that ends.
            RedirectStandardInput = true,
            Environment = { ["EMPIPELINE_PARENT"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) },
        };
        try
        {
            using var process = Process.Start(start)!;
            _states[(tasks.Name, number)] = new TaskState(TaskStatus.Running, Node: Environment.MachineName);
            using var killed = stop.Register(() => process.Kill(entireProcessTree: true));
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
            await process.WaitForExitAsync(CancellationToken.None);
            await File.AppendAllTextAsync(tasks.Log(number), await output + await errors, CancellationToken.None);
            return new TaskState(TaskStatus.Ended, $"exit code {process.ExitCode}", Environment.MachineName);
        }
        catch (Exception e)
        {
            // Whatever it was, a log that cannot be written among them: nobody looks at a task again that did not end.
            return new TaskState(TaskStatus.Ended, e.Message, Environment.MachineName);
        }
    }
}
