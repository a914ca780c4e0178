using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>Gaussian noise, of each voxel its own, of one deviation a sample.</summary>
public sealed record Noise : Transform
{
    /// <summary>Of each sample. 0.5 unless set.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>From, to; uniform, in deviations of the volume.</summary>
    public (double Low, double High) Deviation { get; init; } = (0, 0.2);

    public override void Check(NdIndex shape, VoxelSize voxelSize)
    {
        if (!(Deviation.Low >= 0 && Deviation.High >= Deviation.Low))
            throw new EmException(Fault.Configuration, $"Noise: got Deviation {Deviation}, expected from, to, not less than 0.");
    }

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        if (Draw.Chance(ref random, Probability))
            GaussianNoise.Add(sample.Image, (float)Draw.Between(ref random, Deviation), random.Next());
    }
}
