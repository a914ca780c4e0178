using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// How blocks become tensors. A tensor never holds a voxel of a block that the query did not choose: where it reaches into one, or beyond the
/// volume, it holds 0, which is black as stored and the volume's mean when normalised. Change with <c>with</c>.
/// </summary>
public sealed record BlockOptions
{
    /// <summary>The extent z, y, x of a tensor; that of the chosen blocks unless set.</summary>
    public NdIndex Shape { get; init; }

    /// <summary><see cref="BlockValues.Normalised"/> unless set.</summary>
    public BlockValues Values { get; init; } = BlockValues.Normalised;

    /// <summary>
    /// False: a tensor begins at its block's first voxel. True: its centre is a voxel of the block, each as likely as the other; the tensor is
    /// then moved so that it stays inside the volume, and back to its own block along the axes on which it would reach into a block that was
    /// not chosen. The place follows from seed, epoch and index alone.
    /// </summary>
    public bool RandomCrop { get; init; }

    /// <summary>How data is read that lies at an address of a network. It changes no sample.</summary>
    public RemoteOptions Remote { get; init; } = new();

    /// <summary>The seed of random crops, and of the order in which a <see cref="BlockLoader"/> shuffles. 0 unless set.</summary>
    public ulong Seed { get; init; }

    /// <summary>How several queries make up an epoch. <see cref="Torch.Mixing.Proportion"/> unless set.</summary>
    public Mixing Mixing { get; init; }

    /// <summary>Samples that are centred on voxels of given classes, and their share of every batch. None unless set.</summary>
    public Foreground? Foreground { get; init; }
}
