using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// value × scale + shift, one scale and one shift a sample, each uniform in its range. In deviations of the volume. Costs nothing of its own unless
/// there is a gamma.
/// </summary>
public sealed record Intensity : Transform
{
    /// <summary>From, to; greater than 0.</summary>
    public (double Low, double High) Scale { get; init; } = (0.9, 1.1);

    /// <summary>From, to.</summary>
    public (double Low, double High) Shift { get; init; } = (-0.1, 0.1);

    /// <summary>
    /// From, to; greater than 0. Before scale and shift: low + (high - low) × ((value - low) / (high - low))^gamma, with the least and the greatest value
    /// of the sample. 1 unless set, which costs nothing.
    /// </summary>
    public (double Low, double High) Gamma { get; init; } = (1, 1);

    public override void Check(NdIndex shape, VoxelSize voxelSize)
    {
        if (!(Scale.Low > 0 && Scale.High >= Scale.Low))
            throw new EmException(Fault.Configuration, $"Intensity: got Scale {Scale}, expected from, to, greater than 0.");
        if (!(Gamma.Low > 0 && Gamma.High >= Gamma.Low))
            throw new EmException(Fault.Configuration, $"Intensity: got Gamma {Gamma}, expected from, to, greater than 0.");
    }

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        var (scale, shift) = ((float)Draw.Between(ref random, Scale), (float)Draw.Between(ref random, Shift));
        if (Gamma != (1, 1))
            Transforms.Gamma.Apply(sample.Image, (float)Draw.Between(ref random, Gamma));
        for (var z = 0; z < sample.Shape[0]; z++)
            sample.ImagePart.Scale(z, scale, shift);
    }
}
