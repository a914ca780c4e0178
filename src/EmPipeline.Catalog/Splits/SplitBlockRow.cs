namespace EmPipeline.Catalog.Splits;

/// <summary>The part that one block is of.</summary>
internal sealed record SplitBlockRow(string Split, string Dataset, int Level, long Z, long Y, long X, string Part);
