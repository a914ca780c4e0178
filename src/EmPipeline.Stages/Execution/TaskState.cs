namespace EmPipeline.Stages.Execution;

/// <summary>What an executor says of a task.</summary>
/// <param name="Reason">Why it waits, or how it ended, in the executor's own words.</param>
/// <param name="Node">Where it is or was; null where it never ran.</param>
public sealed record TaskState(TaskStatus Status, string Reason = "", string? Node = null)
{
    /// <summary>It waits for something that will not come by itself.</summary>
    public bool IsStuck { get; init; }

    /// <summary>It ended because it took more memory than it may.</summary>
    public bool IsOutOfMemory { get; init; }
}

public enum TaskStatus
{
    Waiting,
    Running,

    /// <summary>However: only the task's own mark says that it succeeded.</summary>
    Ended,
}
