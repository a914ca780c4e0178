using EmPipeline.Volumes;

namespace EmPipeline.Torch.Transforms;

/// <summary>Transforms in their order, and the halos that they and what comes after them need. Immutable and safe for concurrent use.</summary>
internal sealed class SampleProgram
{
    // Keeps the numbers of transforms apart from those of places.
    private const ulong Stream = 0x7472616E73666F72;

    private readonly IReadOnlyList<Transform> _transforms;
    private readonly AxisExchange _exchange;

    // What is wanted with the halo of targets.
    private readonly Grid _last;

    /// <param name="shape">What is wanted in the end, z, y, x.</param>
    /// <param name="halo">What is needed around it, for targets.</param>
    /// <param name="changesValues">Whether grey values may be changed: not where they stay as stored.</param>
    /// <exception cref="EmException">A transform cannot be done on such samples: <see cref="Fault.Configuration"/>.</exception>
    public SampleProgram(IReadOnlyList<Transform> transforms, in NdIndex shape, in NdIndex halo, VoxelSize voxelSize, bool changesValues)
    {
        _transforms = transforms;
        _exchange = transforms.Select(transform => transform.Exchange(voxelSize)).Append(AxisExchange.None).Max();
        TargetHalo = Even(Grid.Of(halo));
        _last = Grid.Of(shape) + (2 * TargetHalo);
        var most = _last;
        for (var i = transforms.Count - 1; i >= 0; i--)
        {
            if (!changesValues && transforms[i].ChangesValues)
                throw new EmException(Fault.Configuration, $"Transforms: got {transforms[i]} for blocks as stored, expected none that changes grey values. Set Values to Normalised.");
            transforms[i].Check(most.ToIndex(), voxelSize);
            most += 2 * Even(Grid.Of(transforms[i].Halo));
        }

        if ((double)sizeof(long) * most.Z * most.Y * most.X > Array.MaxLength)
            throw new EmException(Fault.Configuration, $"Transforms, Targets: got samples of {most} voxels with all that they need around them, expected less than 2 GiB as int64. Set Shape, or what reads around a sample, to less.");
    }

    /// <summary>What <see cref="Run"/> leaves around what is wanted.</summary>
    public Grid TargetHalo { get; }

    /// <summary>What is done to one sample: it follows from seed, epoch and number alone.</summary>
    /// <param name="plan">Filled anew.</param>
    public void Plan(SamplePlan plan, ulong seed, int epoch, long number)
    {
        plan.Begin(SplitMix64.Keyed(seed, (ulong)epoch, (ulong)number).Next(), _transforms.Count);
        plan.Shapes[^1] = _last;
        for (var i = _transforms.Count - 1; i >= 0; i--)
            plan.Shapes[i] = plan.Shapes[i + 1] + (2 * Even(Grid.Of(_transforms[i].SampleHalo(Random(plan, i)))));
        plan.Halo = (plan.Shapes[0] - _last).Half() + TargetHalo;
    }

    /// <summary>Transforms a sample that was read with the halo of its plan.</summary>
    public void Run(Sample sample, SamplePlan plan)
    {
        for (var i = 0; i < _transforms.Count; i++)
        {
            var random = Random(plan, i);
            _transforms[i].Apply(sample, ref random);
            sample.Shrink((Grid.Of(sample.Shape) - plan.Shapes[i + 1]).Half());
        }
    }

    private static SplitMix64 Random(SamplePlan plan, int step) => SplitMix64.Keyed(plan.Key, Stream, (ulong)step);

    // Axes that may be exchanged have one halo.
    private Grid Even(Grid halo) => _exchange switch
    {
        AxisExchange.All => Math.Max(halo.Z, Math.Max(halo.Y, halo.X)) is var most ? new Grid(most, most, most) : default,
        AxisExchange.Plane => Math.Max(halo.Y, halo.X) is var most ? new Grid(halo.Z, most, most) : default,
        _ => halo,
    };
}
