namespace EmPipeline.Volumes.Labels;

/// <summary>How much of a class lies in one inner chunk of a label's level 0.</summary>
/// <param name="Origin">The chunk's first voxel, z, y, x, in the label's voxels.</param>
/// <param name="Voxels">Voxels of the class; above 0.</param>
/// <param name="Objects">Different objects; null where the label does not tell them apart.</param>
public readonly record struct LabelChunkTally(NdIndex Origin, string Class, long Voxels, long? Objects);
