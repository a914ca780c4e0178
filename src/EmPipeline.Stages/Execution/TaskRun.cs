using EmPipeline.Volumes;

namespace EmPipeline.Stages.Execution;

/// <summary>Hands over the tasks of one job, waits for them, and hands those that failed over again, as often as is allowed.</summary>
/// <param name="folder">The job's.</param>
/// <param name="retries">Of each task, in this run.</param>
/// <param name="warn">Told of each failure that is tried again.</param>
internal sealed class TaskRun(IExecutor executor, string folder, int retries, Action<string> warn)
{
    private const int LinesShown = 5;
    private const int FailuresShown = 3;

    /// <summary>Hands tasks over and records that.</summary>
    /// <param name="like">All but name and numbers of the array.</param>
    public async Task<TaskRecord> SubmitAsync(TaskRecord record, IReadOnlyList<int> numbers, TaskArray like, CancellationToken cancellation)
    {
        var array = like with { Name = $"em-{Guid.NewGuid():N}"[..11], Numbers = numbers };
        // Recorded first: what is handed over and then forgotten would run unseen.
        record = record with { Executor = executor.Kind, Arrays = [.. record.Arrays, array] };
        Directory.CreateDirectory(array.Logs);
        await record.WriteAsync(folder, cancellation);
        if (numbers.Count > 0)
            await executor.SubmitAsync(array, cancellation);
        return record;
    }

    /// <summary>Returns when every task has left its mark.</summary>
    /// <param name="isDone">Whether a task has.</param>
    /// <param name="finished">How much a task has finished, in any unit: one that was stopped and got further has not failed.</param>
    /// <param name="report">Told each tick which are not done, and which of them are at work.</param>
    /// <returns>The record with what was handed over again.</returns>
    /// <exception cref="EmException">Some failed more often than is allowed; the others have run to their end.</exception>
    public async Task<TaskRecord> WaitAsync(
        TaskRecord record, Func<int, bool> isDone, Func<int, long> finished, Action<IReadOnlySet<int>, IEnumerable<int>> report, CancellationToken cancellation)
    {
        try
        {
            return await WaitForAllAsync(record, isDone, finished, report, cancellation);
        }
        catch (OperationCanceledException) when (executor.Hint(record.Arrays) is { } hint)
        {
            warn(hint);
            throw;
        }
    }

    private async Task<TaskRecord> WaitForAllAsync(
        TaskRecord record, Func<int, bool> isDone, Func<int, long> finished, Action<IReadOnlySet<int>, IEnumerable<int>> report, CancellationToken cancellation)
    {
        // The last array that a task is in is its current one.
        var current = new Dictionary<int, TaskArray>();
        foreach (var array in record.Arrays)
        {
            foreach (var number in array.Numbers)
                current[number] = array;
        }

        var (open, attempts, failures, told) = (current.Keys.ToHashSet(), new Dictionary<int, (int Failed, long Finished)>(), new List<string>(), new HashSet<string>());
        while (open.Count > 0)
        {
            var arrays = open.Select(number => current[number]).DistinctBy(array => array.Name).ToList();
            var states = await executor.QueryAsync(arrays, cancellation);
            var (running, again) = (new List<int>(), new List<(int Number, TaskState State)>());
            foreach (var number in open.ToList())
            {
                var state = states.GetValueOrDefault((current[number].Name, number)) ?? new TaskState(TaskStatus.Ended, $"{executor.Kind} knows nothing of it");
                if (state.Status == TaskStatus.Running)
                    running.Add(number);
                if (state.IsStuck && told.Add(state.Reason))
                    warn($"task {number} waits ({state.Reason}), which will not pass by itself. See to that, or end the tasks with ./build.sh Status --cancel.");
                if (state.Status != TaskStatus.Ended)
                    continue;
                if (isDone(number))
                    open.Remove(number);
                else if (HasFailedTooOften(number))
                    Fail(number, state);
                else
                    again.Add((number, state));
            }

            report(open, running);
            foreach (var same in again.GroupBy(task => (Array: current[task.Number], task.State.IsOutOfMemory)))
            {
                var numbers = same.Select(task => task.Number).Order().ToList();
                warn($"{Counted.Of(numbers.Count, "task")} ended before the work was done ({Describe(numbers[0], same.First().State)}); handed over again.");
                var more = same.Key.Array with { MemoryBytes = same.Key.IsOutOfMemory ? 2 * record.Arrays[0].MemoryBytes : same.Key.Array.MemoryBytes };
                record = await SubmitAsync(record, numbers, more, cancellation);
                foreach (var number in numbers)
                    current[number] = record.Arrays[^1];
            }

            if (open.Count > 0)
                await Task.Delay(executor.Tick, cancellation);
        }

        if (failures.Count > 0)
        {
            throw new EmException(
                Fault.Machine,
                $"{Counted.Of(failures.Count, "task")} failed {Counted.Of(retries + 1, "time")}; what the others made is kept. The same command goes on from here. {string.Join('\n', failures.Take(FailuresShown))}");
        }

        return record;

        bool HasFailedTooOften(int number)
        {
            var (failed, before) = attempts.GetValueOrDefault(number, (0, -1));
            var now = finished(number);
            attempts[number] = (now > before && before >= 0 ? 1 : failed + 1, now);
            return attempts[number].Failed > retries;
        }

        void Fail(int number, TaskState state)
        {
            open.Remove(number);
            failures.Add($"{Describe(number, state)}:\n{string.Join('\n', LastLines(current[number].Log(number)).Select(line => "  " + line))}");
        }
    }

    /// <exception cref="EmException">Some task of the record still waits or runs.</exception>
    public async Task RequireEndedAsync(TaskRecord record, CancellationToken cancellation)
    {
        // Another executor's have ended, or would not have been passed over.
        if (record.Executor != executor.Kind)
            return;
        var active = await executor.CountActiveAsync(record.Arrays, cancellation);
        if (active > 0)
            throw new EmException(Fault.Configuration, $"{folder}: got {Counted.Of(active, "task")} at work on what was asked for before, expected none. Wait for them, or end them with ./build.sh Status --cancel; then run this again.");
    }

    private static string Describe(int number, TaskState state) => $"task {number}{(state.Node is null ? "" : $" on {state.Node}")}: {state.Reason}";

    private static IEnumerable<string> LastLines(string log)
    {
        try
        {
            return File.ReadLines(log).Where(line => line.Length > 0).TakeLast(LinesShown).ToList();
        }
        catch (IOException)
        {
            return [$"{log}: it said nothing."];
        }
    }
}
