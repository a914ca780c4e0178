namespace EmPipeline.Catalog.Report;

/// <summary>One part of a dataset's split.</summary>
/// <param name="Blocks">Blocks to train on.</param>
internal sealed record SplitSummary(string Split, string Dataset, string Part, long Blocks);
