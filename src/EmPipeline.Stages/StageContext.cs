using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Execution;

namespace EmPipeline.Stages;

/// <summary>What every stage is given.</summary>
public sealed record StageContext
{
    public required DatasetConfig Dataset { get; init; }

    public required DataFolder Data { get; init; }

    /// <summary>The lock file's path.</summary>
    public required string LockFile { get; init; }

    /// <summary>The folder of the OME-Zarr group that its Rechunk writes.</summary>
    public string Zarr => Dataset.Label is { } label ? Path.Combine(Data.Zarr(label.Image), label.Folder) : Data.Zarr(Dataset.Name);

    public DatasetDefinition Definition => DatasetDefinition.Of(Dataset, LockFile);

    /// <summary>Accept objects that changed since the lock file was written.</summary>
    public bool UpdateLock { get; init; }

    /// <summary>Where addresses lead instead; null for the real ones. Started when first asked for.</summary>
    public Func<EmPipeline.Storage.MirrorMap>? Mirror { get; init; }

    /// <summary>What Download may fetch in a second, over all datasets; null for all that the network brings.</summary>
    public EmPipeline.Storage.BandwidthLimit? Bandwidth { get; init; }

    /// <summary>Worker threads of the Rechunk stage.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Who runs the tasks of a stage that can be divided; null: this process does all of it.</summary>
    public IExecutor? Executor { get; init; }

    /// <summary>How large those tasks are.</summary>
    public ExecutorConfig Execution { get; init; } = new();

    public IProgress<StageProgress> Progress { get; init; } = new Progress<StageProgress>();

    /// <summary>Shows a notice that a person should see although nothing failed.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}

/// <summary>How far a stage is.</summary>
/// <param name="Done">Bytes done in this run.</param>
/// <param name="Total">Bytes in all; 0 while unknown.</param>
public readonly record struct StageProgress(long Done, long Total);
