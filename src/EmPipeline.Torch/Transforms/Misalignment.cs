using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>From one section on everything is shifted in its plane; image, labels and masks move together. Costs nothing of its own but its halo.</summary>
public sealed record Misalignment : Transform
{
    /// <summary>Of each sample. 0.1 unless set.</summary>
    public double Probability { get; init; } = 0.1;

    /// <summary>The most voxels along y and along x. 16 unless set.</summary>
    public int MaxShift { get; init; } = 16;

    /// <summary>As <see cref="ShiftedSection.ReadsAround"/>.</summary>
    public bool ReadsAround { get; init; } = true;

    public override NdIndex Halo => ReadsAround ? new NdIndex(0, MaxShift, MaxShift) : base.Halo;

    public override bool ChangesValues => false;

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        if (sample.Shape[0] < 2 || !Draw.Chance(ref random, Probability))
            return;
        var first = 1 + (int)random.Below(sample.Shape[0] - 1);
        var (y, x) = (Draw.Around(ref random, MaxShift), Draw.Around(ref random, MaxShift));
        for (var z = first; z < sample.Shape[0]; z++)
            sample.Shift(z, y, x);
    }
}
