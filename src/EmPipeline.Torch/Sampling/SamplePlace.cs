using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>Where one sample lies, and what the rest of it is drawn from.</summary>
/// <param name="Index">Its block's number among the source's blocks.</param>
/// <param name="Block">The block that it belongs to; one off the volume's grid of blocks is its own cell.</param>
/// <param name="Origin">The first voxel of its tensor in the block's volume, z, y, x; never negative.</param>
/// <param name="Chosen">The blocks of that volume that its query chose: the tensor holds no voxel of another.</param>
/// <param name="Epoch">With <paramref name="Number"/> and the source's seed: the key of everything that is random about the sample.</param>
/// <param name="Number">See <paramref name="Epoch"/>.</param>
internal readonly record struct SamplePlace(int Index, BlockRef Block, NdIndex Origin, ChosenBlocks Chosen, int Epoch, long Number);
