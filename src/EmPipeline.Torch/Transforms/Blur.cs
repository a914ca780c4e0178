using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>Gaussian blur of the image, of one width a sample, cut off at three deviations. Nothing that is invalid is mixed in.</summary>
public sealed record Blur : Transform
{
    /// <summary>Of each sample. 0.2 unless set.</summary>
    public double Probability { get; init; } = 0.2;

    /// <summary>The deviation in voxels: from, to.</summary>
    public (double Low, double High) Deviation { get; init; } = (0.3, 1);

    /// <summary>True: within sections only, as a microscope out of focus. False: along z too, by as many voxels.</summary>
    public bool InPlane { get; init; } = true;

    public override NdIndex Halo => HaloOf(Deviation.High);

    public override NdIndex SampleHalo(SplitMix64 random) => Width(ref random) is { } width ? HaloOf(width) : base.Halo;

    public override void Check(NdIndex shape, VoxelSize voxelSize)
    {
        if (!(Deviation.Low > 0 && Deviation.High >= Deviation.Low && Deviation.High <= 32))
            throw new EmException(Fault.Configuration, $"Blur: got Deviation {Deviation}, expected from, to, greater than 0 and at most 32 voxels.");
    }

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        if (Width(ref random) is { } width)
            GaussianBlur.Apply(sample, width, InPlane);
    }

    private double? Width(ref SplitMix64 random) => Draw.Chance(ref random, Probability) ? Draw.Between(ref random, Deviation) : null;

    private NdIndex HaloOf(double width) => GaussianBlur.Radius(width) is var radius ? new NdIndex(InPlane ? 0 : radius, radius, radius) : default;
}
