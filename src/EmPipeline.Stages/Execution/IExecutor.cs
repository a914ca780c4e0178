namespace EmPipeline.Stages.Execution;

/// <summary>
/// Where tasks run. A task is one number of a job, run by the worker program in a process of its own, on any machine that sees the data folder. Whether it has
/// succeeded is not asked here: the task itself leaves a mark for that. Safe for concurrent use.
/// </summary>
public interface IExecutor
{
    /// <summary>As the configuration calls it.</summary>
    string Kind { get; }

    /// <summary>How often asking for states makes sense.</summary>
    TimeSpan Tick { get; }

    /// <summary>Hands tasks over, which then run whatever becomes of this process, as far as the executor can.</summary>
    /// <exception cref="EmPipeline.Volumes.EmException">They are not accepted.</exception>
    Task SubmitAsync(TaskArray tasks, CancellationToken cancellation);

    /// <summary>What the executor knows of the tasks of some arrays, by array and task number; it does not know those that it forgot, or lost.</summary>
    Task<IReadOnlyDictionary<(string Array, int Number), TaskState>> QueryAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation);

    /// <summary>What a person who stops waiting should know: how to see tasks that go on; null where they end.</summary>
    string? Hint(IReadOnlyList<TaskArray> arrays);

    /// <summary>Ends the tasks of some arrays; returns when that is under way.</summary>
    Task CancelAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation);

    /// <summary>How many tasks of some arrays wait or run.</summary>
    async Task<int> CountActiveAsync(IReadOnlyList<TaskArray> arrays, CancellationToken cancellation)
    {
        var names = arrays.Select(array => array.Name).ToHashSet();
        return (await QueryAsync(arrays, cancellation)).Count(state => names.Contains(state.Key.Array) && state.Value.Status != TaskStatus.Ended);
    }
}
