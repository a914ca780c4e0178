namespace EmPipeline.Catalog;

/// <summary>One part of a split.</summary>
/// <param name="Part">Its name: "train".</param>
/// <param name="Share">Above 0.</param>
public readonly record struct SplitShare(string Part, double Share);
