using EmPipeline.Volumes;

namespace EmPipeline.Torch.Transforms;

/// <summary>Transforms in their order, and the halos that they and what comes after them need. Immutable and safe for concurrent use.</summary>
internal sealed class SampleProgram
{
    // Keeps the numbers of transforms apart from those of places.
    private const ulong Stream = 0x7472616E73666F72;

    private readonly IReadOnlyList<Transform> _transforms;

    // What each step gives, and at its first place what is read.
    private readonly Grid[] _shapes;

    /// <param name="shape">What is wanted in the end, z, y, x.</param>
    /// <param name="halo">What is needed around it, for targets.</param>
    /// <param name="changesValues">Whether grey values may be changed: not where they stay as stored.</param>
    /// <exception cref="EmException">A transform cannot be done on such samples: <see cref="Fault.Configuration"/>.</exception>
    public SampleProgram(IReadOnlyList<Transform> transforms, in NdIndex shape, in NdIndex halo, VoxelSize voxelSize, bool changesValues)
    {
        _transforms = transforms;
        _shapes = new Grid[transforms.Count + 1];
        var exchange = transforms.Select(transform => transform.Exchange(voxelSize)).Append(AxisExchange.None).Max();
        TargetHalo = Even(Grid.Of(halo), exchange);
        _shapes[^1] = Grid.Of(shape) + (2 * TargetHalo);
        for (var i = transforms.Count - 1; i >= 0; i--)
        {
            if (!changesValues && transforms[i].ChangesValues)
                throw new EmException(Fault.Configuration, $"Transforms: got {transforms[i]} for blocks as stored, expected none that changes grey values. Set Values to Normalised.");
            transforms[i].Check(_shapes[i + 1].ToIndex(), voxelSize);
            _shapes[i] = _shapes[i + 1] + (2 * Even(Grid.Of(transforms[i].Halo), exchange));
        }

        Halo = NdIndex.FloorDivide(ReadShape - shape, NdIndex.Filled(3, 2));
    }

    /// <summary>The extent to be read, z, y, x.</summary>
    public NdIndex ReadShape => _shapes[0].ToIndex();

    /// <summary>How many voxels are read on each side of what is wanted.</summary>
    public NdIndex Halo { get; }

    /// <summary>What <see cref="Run"/> leaves around what is wanted.</summary>
    public Grid TargetHalo { get; }

    /// <summary>Transforms a sample that was read; what it is follows from seed, epoch and number alone.</summary>
    public void Run(Sample sample, ulong seed, int epoch, long number)
    {
        var key = SplitMix64.Keyed(seed, (ulong)epoch, (ulong)number).Next();
        for (var i = 0; i < _transforms.Count; i++)
        {
            var random = SplitMix64.Keyed(key, Stream, (ulong)i);
            _transforms[i].Apply(sample, ref random);
            var left = Grid.Of(sample.Shape) - _shapes[i + 1];
            sample.Shrink(new Grid(left.Z / 2, left.Y / 2, left.X / 2));
        }
    }

    // Axes that may be exchanged have one halo.
    private static Grid Even(Grid halo, AxisExchange exchange) => exchange switch
    {
        AxisExchange.All => Math.Max(halo.Z, Math.Max(halo.Y, halo.X)) is var most ? new Grid(most, most, most) : default,
        AxisExchange.Plane => Math.Max(halo.Y, halo.X) is var most ? new Grid(halo.Z, most, most) : default,
        _ => halo,
    };
}
