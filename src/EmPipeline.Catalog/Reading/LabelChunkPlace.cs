using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>One inner chunk of a label in which a class has voxels.</summary>
/// <param name="Label">The label's level 0.</param>
/// <param name="Origin">The chunk's first voxel, z, y, x, in the label's voxels; the label's end may cut the chunk.</param>
/// <param name="Voxels">The chunk's voxels of the class.</param>
/// <param name="Rank">Which of these, in C order from 0, was asked for.</param>
public readonly record struct LabelChunkPlace(LabelVolumeRecord Label, NdIndex Origin, long Voxels, long Rank);
