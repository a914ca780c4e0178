using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>Sections of less contrast, darker or brighter: value × contrast + shift, in deviations of the volume. Costs nothing of its own.</summary>
public sealed record LowContrastSection : Transform
{
    /// <summary>Of each section. 0.05 unless set.</summary>
    public double Probability { get; init; } = 0.05;

    /// <summary>From, to; greater than 0.</summary>
    public (double Low, double High) Contrast { get; init; } = (0.1, 0.5);

    /// <summary>From, to; less than 0 is darker.</summary>
    public (double Low, double High) Shift { get; init; } = (-1, 0);

    public override void Check(NdIndex shape, VoxelSize voxelSize)
    {
        if (!(Contrast.Low > 0 && Contrast.High >= Contrast.Low))
            throw new EmException(Fault.Configuration, $"LowContrastSection: got Contrast {Contrast}, expected from, to, greater than 0.");
    }

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        for (var z = 0; z < sample.Shape[0]; z++)
        {
            if (Draw.Chance(ref random, Probability))
                sample.ImagePart.Scale(z, (float)Draw.Between(ref random, Contrast), (float)Draw.Between(ref random, Shift));
        }
    }
}
