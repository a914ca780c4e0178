using EmPipeline.Stages.Execution;
using EmPipeline.Zarr.Portions;
using TaskStatus = EmPipeline.Stages.Execution.TaskStatus;

namespace EmPipeline.Stages.Rechunk;

/// <summary>How the tasks of a dataset are that were handed over, found again by any process that sees the data folder.</summary>
/// <param name="Executor">Its kind.</param>
/// <param name="Done">Tasks that have left their mark.</param>
/// <param name="Ended">Tasks that ended without.</param>
/// <param name="Reason">Why one of those that wait does, or how one of those that ended did.</param>
public sealed record TaskSurvey(string Dataset, string Executor, int Done, int Running, int Waiting, int Ended, string? Reason)
{
    /// <summary>"12 of 80 tasks done, 4 running, 64 waiting (Priority)".</summary>
    public override string ToString() =>
        $"{Done} of {Counted.Of(Done + Running + Waiting + Ended, "task")} done, {Running} running, {Waiting} waiting{(Ended > 0 ? $", {Ended} ended before the work was done" : "")}{(Reason is null ? "" : $" ({Reason})")}";

    /// <param name="executor">The executor of a kind; null where there is none, as of processes that ended with the run that began them.</param>
    /// <returns>Null where nothing is handed over.</returns>
    public static async Task<TaskSurvey?> OfAsync(DataFolder data, string dataset, Func<string, IExecutor?> executor, CancellationToken cancellation)
    {
        if (Find(data, dataset) is not ({ } record, { } job))
            return null;
        var options = job.Options(job.Context(data));
        var current = record.Arrays.SelectMany(array => array.Numbers.Select(number => (number, array.Name))).GroupBy(task => task.number).ToDictionary(task => task.Key, task => task.Last().Name);
        var states = executor(record.Executor) is { } asked ? await asked.QueryAsync(record.Arrays, cancellation) : new Dictionary<(string, int), TaskState>();
        var (done, running, waiting, ended, reason) = (0, 0, 0, 0, (string?)null);
        foreach (var (number, array) in current)
        {
            var state = states.GetValueOrDefault((array, number));
            if (state?.Status == TaskStatus.Running)
                running++;
            else if (state?.Status == TaskStatus.Waiting)
                (waiting, reason) = (waiting + 1, state.Reason);
            else if (PortionedRechunk.IsDone(options, number))
                done++;
            else
                (ended, reason) = (ended + 1, state?.Reason ?? reason);
        }

        return new TaskSurvey(dataset, record.Executor, done, running, waiting, ended, reason);
    }

    /// <summary>Ends the tasks of a dataset, if there are any, and waits until none is at work: then anybody may go on with what they made.</summary>
    /// <returns>Whether there were any.</returns>
    public static async Task<bool> CancelAsync(DataFolder data, string dataset, Func<string, IExecutor?> executor, CancellationToken cancellation)
    {
        if (Find(data, dataset) is not ({ } record, _))
            return false;
        if (executor(record.Executor) is { } asked)
        {
            await asked.CancelAsync(record.Arrays, cancellation);
            while (await asked.CountActiveAsync(record.Arrays, cancellation) > 0)
                await Task.Delay(asked.Tick, cancellation);
        }

        TaskRecord.Remove(data.Portions(dataset));
        return true;
    }

    private static (TaskRecord? Record, RechunkJob? Job) Find(DataFolder data, string dataset)
    {
        var portions = data.Portions(dataset);
        return (TaskRecord.Read(portions), RechunkJob.Read(RechunkJob.PathIn(portions)));
    }
}
