namespace EmPipeline.Volumes.Labels;

/// <summary>What a label holds in all.</summary>
/// <param name="Voxels">All of its voxels.</param>
/// <param name="Known">Those that somebody looked at.</param>
/// <param name="Classes">Voxels of each class of the scheme; 0 for one that does not occur.</param>
public sealed record LabelTotals(long Voxels, long Known, IReadOnlyDictionary<string, long> Classes);
