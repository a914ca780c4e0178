namespace EmPipeline.Volumes.Labels;

/// <summary>What a label says of one block of its image, for one class.</summary>
/// <param name="Origin">The block's first voxel, z, y, x, in the image's voxels.</param>
/// <param name="Voxels">Label voxels of the class whose centres lie in the block.</param>
/// <param name="Known">Label voxels there that somebody looked at; above 0.</param>
/// <param name="UnknownShare">The share of the block's inside that nobody looked at, or that the label does not reach, 0 to 1.</param>
/// <param name="Objects">Different objects; null where the label does not tell them apart.</param>
public readonly record struct LabelBlockTally(NdIndex Origin, string Class, long Voxels, long Known, double UnknownShare, long? Objects);
