using EmPipeline.Zarr;

namespace EmPipeline.Torch;

/// <summary>What a prediction left behind.</summary>
/// <param name="Folders">The OME-Zarr folder of each volume that was written: first each channel's probabilities and labels, in the order of the channels.</param>
/// <param name="Volumes">What was written to each, in the same order.</param>
/// <param name="Tiles">How many tiles this run gave the model; 0 when all was there already.</param>
public sealed record PredictionResult(IReadOnlyList<string> Folders, IReadOnlyList<RechunkResult> Volumes, long Tiles);
