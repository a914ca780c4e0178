using EmPipeline.Storage;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch;

/// <summary>
/// How blocks become tensors. A tensor never holds a voxel of a block that the query did not choose: where it reaches into one it holds 0, which is
/// black as stored and the volume's mean when normalised. Change with <c>with</c>.
/// </summary>
public sealed record BlockOptions
{
    /// <summary>The extent z, y, x of a tensor; that of the chosen blocks unless set.</summary>
    public NdIndex Shape { get; init; }

    /// <summary><see cref="BlockValues.Normalised"/> unless set.</summary>
    public BlockValues Values { get; init; } = BlockValues.Normalised;

    /// <summary>How <see cref="BlockValues.Normalised"/> brings volumes to one scale. By mean and deviation unless set.</summary>
    public Normalisation Normalisation { get; init; }

    /// <summary>
    /// The voxel size of samples, nm; that of the blocks' volume unless set. Each dataset is read from its coarsest level whose voxels are not larger
    /// and, unless they are just of that size, interpolated: linearly for the image (then float32, also as stored), by the nearest for labels,
    /// centres on centres. So blocks of datasets with different voxel sizes go into one batch. A sample begins where its block begins.
    /// </summary>
    public VoxelSize? VoxelSize { get; init; }

    /// <summary>
    /// The labels that samples come with, by name: <c>["mitochondria"]</c>. None unless set. Each image voxel has the label that lies at its centre
    /// (label index floor((p - t) / s + 0.5) for a centre at p nm, labels of s nm whose first centre is at t), of the label's coarsest level whose
    /// voxels are not larger than the sample's; -1, with a mask of 0, where none is stored.
    /// </summary>
    public IReadOnlyList<LabelChoice> Labels { get; init; } = [];

    /// <summary>
    /// The type of the labels' tensor: Int64 unless set, which holds every id exactly (one of uint64 from 2^63 on keeps its bits). Int32, Int16 or Int8
    /// where they hold every value of the stored type and -1, or all classes: less memory to go through, so faster.
    /// </summary>
    public ScalarType LabelType { get; init; } = ScalarType.Int64;

    /// <summary>
    /// False: a tensor begins at its block's first voxel. True: its centre is a voxel of the block, each as likely as the other; the tensor is
    /// then moved so that it stays inside the volume, and back to its own block along the axes on which it would reach into a block that was
    /// not chosen. The place follows from seed, epoch and index alone.
    /// </summary>
    public bool RandomCrop { get; init; }

    /// <summary>
    /// What is done to each sample, in this order: image, labels and masks stay together. None unless set. What they draw follows from seed, epoch
    /// and the sample's number alone. A sample's origin and voxel size stay those of the voxels as they were read.
    /// </summary>
    public IReadOnlyList<Transform> Transforms { get; init; } = [];

    /// <summary>What becomes of samples that reach beyond their volume. <see cref="Torch.Outside.Pad"/> unless set.</summary>
    public Outside Outside { get; init; }

    /// <summary>
    /// What is made of labels after all transforms. None unless set. Each adds two tensors to a sample: by its name, and by its name and "_mask" where
    /// it is certain. What it needs around a sample is read.
    /// </summary>
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>How data is read that lies at an address of a network. It changes no sample.</summary>
    public RemoteOptions Remote { get; init; } = new();

    /// <summary>The seed of random crops, of transforms, and of the order in which a <see cref="BlockLoader"/> shuffles. 0 unless set.</summary>
    public ulong Seed { get; init; }

    /// <summary>How several queries make up an epoch. <see cref="Torch.Mixing.Proportion"/> unless set.</summary>
    public Mixing Mixing { get; init; }

    /// <summary>Samples that are centred on voxels of given classes, and their share of every batch. None unless set.</summary>
    public Foreground? Foreground { get; init; }
}
