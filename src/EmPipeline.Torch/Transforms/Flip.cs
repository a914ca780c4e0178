using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>Reverses each of the chosen axes in half of the samples. Costs nothing of its own.</summary>
public sealed record Flip : Transform
{
    public bool Z { get; init; } = true;

    public bool Y { get; init; } = true;

    public bool X { get; init; } = true;

    public override bool ChangesValues => false;

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        var drawn = random.Next() >> 61;
        for (var axis = 0; axis < 3; axis++)
        {
            if ((drawn >> axis & 1) != 0 && axis switch { 0 => Z, 1 => Y, _ => X })
                sample.Flip(axis);
        }
    }
}
