using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// One step of augmentation. What it does to a sample follows from the sample, its settings and the numbers it draws, nothing else, so that the
/// same sample of the same epoch is the same whoever makes it. Immutable and safe for concurrent use. As a record it states its settings, which
/// a loader's state is held to.
/// </summary>
public abstract record Transform
{
    /// <summary>The voxels a side, z, y, x, that it needs around what it gives. A sample is read larger by that.</summary>
    public virtual NdIndex Halo => NdIndex.Filled(3, 0);

    /// <summary>
    /// The halo that it needs for one sample, by the numbers that <see cref="Apply"/> will draw; never more than <see cref="Halo"/>. What is drawn
    /// in few samples is read for those alone.
    /// </summary>
    /// <param name="random">As <see cref="Apply"/> will get it.</param>
    public virtual NdIndex SampleHalo(SplitMix64 random) => Halo;

    /// <summary>Whether it changes grey values in a way that the volume's own type cannot hold: then blocks have to be <see cref="BlockValues.Normalised"/>.</summary>
    public virtual bool ChangesValues => true;

    /// <summary>Whether this step can be done on samples of this extent and voxel size; called once, before the first.</summary>
    /// <param name="shape">What the step is to give, z, y, x.</param>
    /// <exception cref="EmException">It cannot: <see cref="Fault.Configuration"/>.</exception>
    public virtual void Check(NdIndex shape, VoxelSize voxelSize)
    {
    }

    /// <summary>
    /// Changes the sample. Image, labels and masks have to stay together. What is left of its <see cref="Halo"/> is cut off afterwards.
    /// </summary>
    /// <param name="random">The only source of randomness: it is keyed by seed, epoch, sample and the step's position.</param>
    public abstract void Apply(Sample sample, ref SplitMix64 random);

    /// <summary>Which axes it may exchange.</summary>
    internal virtual AxisExchange Exchange(VoxelSize voxelSize) => AxisExchange.None;
}
