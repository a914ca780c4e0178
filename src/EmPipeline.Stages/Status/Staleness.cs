using System.Collections.Concurrent;
using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Status;

/// <summary>
/// Says whether a stage has to run, and why, by content alone: its keys, its version, what it reads from outside, what the stages before
/// it made, and its files. Status and every run ask here. Each answer is found once. Safe for concurrent use.
/// </summary>
/// <param name="asked">Stages that run although nothing changed, with the reason that the user gave.</param>
public sealed class Staleness(DataFolder data, IReadOnlyDictionary<Stage, string>? asked = null)
{
    private readonly ConcurrentDictionary<(string Dataset, Stage Stage), string?> _found = new();

    /// <summary>Why the stage has to run; null when it is up to date. To be asked after the stages before it have run.</summary>
    public string? ReasonToRun(DatasetDefinition dataset, Stage stage) => asked?.GetValueOrDefault(stage) ?? ReasonByContent(dataset, stage);

    /// <summary>Why the stage's results are not those of its inputs; null when they are.</summary>
    public string? ReasonByContent(DatasetDefinition dataset, Stage stage) => _found.GetOrAdd((dataset.Name, stage), _ => Find(dataset, stage));

    /// <summary>Takes note that the stage has just run.</summary>
    public void HasRun(string dataset, Stage stage) => _found[(dataset, stage)] = null;

    /// <summary>The first stage of a dataset that has to run, and why; null when the dataset is complete.</summary>
    public (Stage Stage, string Reason)? FirstStale(DatasetDefinition dataset)
    {
        foreach (var stage in Stage.All)
        {
            if (ReasonByContent(dataset, stage) is { } reason)
                return (stage, reason);
        }

        return null;
    }

    private string? Find(DatasetDefinition dataset, Stage stage)
    {
        if (Ledger.Read(data.LedgerFile(dataset.Name, stage)) is not { } ledger)
            return "it has not run yet";
        if (StageInputs.Difference(ledger.Inputs, StageInputs.Of(stage, dataset, data)) is { } difference)
            return difference;
        foreach (var before in stage.Upstream)
        {
            // One that is gone has to be made first; what comes of it is seen then.
            if (Ledger.Read(data.LedgerFile(dataset.Name, before)) is { } now && now.Product != ledger.Upstream.GetValueOrDefault(before.Name))
                return $"{before} made something else since";
        }

        return LedgerFiles.ReasonToRun(ledger, data);
    }
}
