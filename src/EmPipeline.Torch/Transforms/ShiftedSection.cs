using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>Single sections that slipped in their plane; image, labels and masks move together. Costs nothing of its own but its halo, if any.</summary>
public sealed record ShiftedSection : Transform
{
    /// <summary>Of each section. 0.05 unless set.</summary>
    public double Probability { get; init; } = 0.05;

    /// <summary>The most voxels along y and along x. 8 unless set.</summary>
    public int MaxShift { get; init; } = 8;

    /// <summary>
    /// False: nothing more is read, and what moves in is invalid in every mask, 0 in the image. True: it is read from the volume: then all sections are
    /// read larger, since most samples have one that slips.
    /// </summary>
    public bool ReadsAround { get; init; }

    public override NdIndex Halo => ReadsAround ? new NdIndex(0, MaxShift, MaxShift) : base.Halo;

    public override bool ChangesValues => false;

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        for (var z = 0; z < sample.Shape[0]; z++)
        {
            if (Draw.Chance(ref random, Probability))
                sample.Shift(z, Draw.Around(ref random, MaxShift), Draw.Around(ref random, MaxShift));
        }
    }
}
