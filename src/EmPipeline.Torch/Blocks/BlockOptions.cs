using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>How blocks become tensors. Change with <c>with</c>.</summary>
public sealed record BlockOptions
{
    /// <summary>The extent z, y, x of a tensor. 128³ unless set. Where it reaches beyond the volume, the tensor holds grey value 0.</summary>
    public NdIndex Shape { get; init; } = NdIndex.Filled(3, 128);

    /// <summary><see cref="BlockValues.Normalised"/> unless set.</summary>
    public BlockValues Values { get; init; } = BlockValues.Normalised;

    /// <summary>
    /// False: a tensor begins at its block's first voxel. True: the tensor's centre is a random voxel of the block, moved so that the tensor
    /// stays inside the volume where that is large enough; the place follows from seed, epoch and index alone.
    /// </summary>
    public bool RandomCrop { get; init; }

    /// <summary>The seed of random crops and of shuffling. 0 unless set.</summary>
    public ulong Seed { get; init; }
}
