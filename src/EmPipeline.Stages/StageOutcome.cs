namespace EmPipeline.Stages;

/// <summary>What a finished stage says of itself for the closing table.</summary>
/// <param name="Bytes">Bytes fetched, checked or written in this run.</param>
public sealed record StageOutcome(long Bytes, string Summary);
