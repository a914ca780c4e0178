namespace EmPipeline.Catalog;

/// <summary>What of one dataset there is to train on.</summary>
/// <param name="Blocks">The dataset's rows of <c>training_blocks</c>.</param>
/// <param name="Excluded">How many blocks are not among them, by reason: "empty", "blank", "not finite", "not level 0".</param>
public sealed record TrainingSummary(string Dataset, long Blocks, IReadOnlyDictionary<string, long> Excluded);
