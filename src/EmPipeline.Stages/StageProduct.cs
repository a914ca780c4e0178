using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages;

/// <summary>What a stage has made: what goes into its ledger, and what the closing table says.</summary>
/// <param name="Files">May be computed as they are enumerated.</param>
/// <param name="Result">Serialised into the ledger for the stages after it.</param>
internal sealed record StageProduct(IEnumerable<LedgerFile> Files, object Result, StageOutcome Outcome)
{
    /// <summary>Members of its inputs that the stage itself has brought up to date.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>What the raw files and registries state; null when it does not read that.</summary>
    public AttributeList? Attributes { get; init; }

    /// <summary>The shards that it wrote; null when it wrote none.</summary>
    public ShardList? Shards { get; init; }
}
