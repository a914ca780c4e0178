namespace EmPipeline.Catalog.Splits;

/// <summary>One part of a dataset's split.</summary>
internal sealed record SplitPartRow(SplitRecord Split, SplitShare Part);
