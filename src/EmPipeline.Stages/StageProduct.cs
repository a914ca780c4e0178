using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages;

/// <summary>What a stage has made: what goes into its ledger, and what the closing table says.</summary>
/// <param name="Result">Serialised into the ledger for the stages after it.</param>
internal sealed record StageProduct(IReadOnlyList<LedgerFile> Files, object Result, StageOutcome Outcome);
