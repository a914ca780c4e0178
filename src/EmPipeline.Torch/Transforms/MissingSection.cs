using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>Sections whose image is lost. Their labels are kept. Costs nothing of its own.</summary>
public sealed record MissingSection : Transform
{
    /// <summary>Of each section. 0.05 unless set.</summary>
    public double Probability { get; init; } = 0.05;

    public SectionFill Fill { get; init; } = SectionFill.Black;

    /// <summary>Whether such a section is 0 in the image's mask.</summary>
    public bool IsInvalid { get; init; }

    public override bool ChangesValues => Fill == SectionFill.Mean;

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        var image = sample.ImagePart;
        var last = (int)sample.Shape[0] - 1;
        for (var z = 0; z <= last; z++)
        {
            if (!Draw.Chance(ref random, Probability))
                continue;
            var before = Draw.Chance(ref random, 0.5) ? z > 0 : z == last;
            if (Fill == SectionFill.Neighbour && last > 0)
                image.Repeat(z, before ? z - 1 : z + 1);
            else
                image.Scale(z, 0, Fill == SectionFill.Mean ? 0 : image.Black);
            if (IsInvalid)
                image.Lose(z);
        }
    }
}
