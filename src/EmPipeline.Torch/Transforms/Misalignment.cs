using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>From one section on everything is shifted in its plane; image, labels and masks move together. Costs nothing of its own but its halo, in the samples that draw it.</summary>
public sealed record Misalignment : Transform
{
    /// <summary>Of each sample. 0.1 unless set.</summary>
    public double Probability { get; init; } = 0.1;

    /// <summary>The most voxels along y and along x. 16 unless set.</summary>
    public int MaxShift { get; init; } = 16;

    /// <summary>True: what moves in is read from the volume, for the samples that need it. False: it is invalid in every mask, 0 in the image.</summary>
    public bool ReadsAround { get; init; } = true;

    public override NdIndex Halo => ReadsAround ? new NdIndex(0, MaxShift, MaxShift) : base.Halo;

    public override NdIndex SampleHalo(SplitMix64 random) => !ReadsAround || Shift(ref random) is not { } shift ? base.Halo : new NdIndex(0, Math.Abs(shift.Y), Math.Abs(shift.X));

    public override bool ChangesValues => false;

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        if (Shift(ref random) is not { } shift || sample.Shape[0] < 2)
            return;
        for (var z = 1 + (int)random.Below(sample.Shape[0] - 1); z < sample.Shape[0]; z++)
            sample.Shift(z, shift.Y, shift.X);
    }

    private (int Y, int X)? Shift(ref SplitMix64 random) =>
        Draw.Chance(ref random, Probability) ? (Draw.Around(ref random, MaxShift), Draw.Around(ref random, MaxShift)) : null;
}
