using EmPipeline.Volumes;

namespace EmPipeline.Formats.Crops;

/// <summary>A crop that was chosen for its tissue.</summary>
/// <param name="Crop">z, y, x, in voxels of level 0.</param>
/// <param name="TissueShare">The share of its voxels, on the level it was judged on, that are tissue.</param>
/// <param name="CandidatesTried">How many candidates it took, itself included.</param>
/// <param name="JudgedLevel">The index of that level.</param>
/// <param name="IsClipped">Whether the volume is smaller than the crop asked for, on some axis.</param>
public sealed record TissueChoice(Box Crop, double TissueShare, int CandidatesTried, int JudgedLevel, bool IsClipped);
