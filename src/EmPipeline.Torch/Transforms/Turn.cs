using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// Turns the sample by multiples of 90°, each turn as likely as the other. Only axes on which voxels have the same known size, within 1 %, take
/// each other's place: all 24 turns of a cube where the three agree, the four in the plane where y and x do.
/// </summary>
public sealed record Turn : Transform
{
    /// <summary>All 24 turns whatever the voxel size.</summary>
    public bool AnyAxes { get; init; }

    /// <summary>The four turns in the plane only.</summary>
    public bool InPlane { get; init; }

    public override bool ChangesValues => false;

    public override void Check(NdIndex shape, VoxelSize voxelSize)
    {
        var exchange = Exchange(voxelSize);
        if (exchange == AxisExchange.None)
            throw new EmException(Fault.Configuration, $"Turn: got voxels of {voxelSize}, expected y and x of one known size. Set AnyAxes, with InPlane, to turn them all the same.");
        if (shape[1] != shape[2] || (exchange == AxisExchange.All && shape[0] != shape[1]))
            throw new EmException(Fault.Configuration, $"Turn: got samples of {shape}, expected equal extents on the axes that are exchanged. Set Shape, or InPlane.");
    }

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        var all = Exchange(sample.VoxelSize) == AxisExchange.All;
        var drawn = (int)random.Below(all ? 24 : 4);
        if (!all)
        {
            // A quarter turn is an exchange and a flip.
            if ((drawn & 1) != 0)
                sample.ExchangePlane();
            if ((drawn & 2) != 0)
                sample.Flip(1);
            if (drawn is 1 or 2)
                sample.Flip(2);
            return;
        }

        // One of the six orders of the axes, and as many flips as make it a turn.
        var order = drawn / 4;
        var odd = order is 1 or 2 or 3;
        if (order is 2 or 4)
            sample.ExchangePlane();
        if (order is 1 or 2 or 4 or 5)
            sample.ExchangeZY();
        if (order is 2 or 3 or 5)
            sample.ExchangePlane();
        var (z, y) = ((drawn & 1) != 0, (drawn & 2) != 0);
        if (z)
            sample.Flip(0);
        if (y)
            sample.Flip(1);
        if (odd ^ z ^ y)
            sample.Flip(2);
    }

    internal override AxisExchange Exchange(VoxelSize voxelSize)
    {
        if (!AnyAxes && !Agree(voxelSize.Y, voxelSize.X))
            return AxisExchange.None;
        return !InPlane && (AnyAxes || Agree(voxelSize.Z, voxelSize.Y)) ? AxisExchange.All : AxisExchange.Plane;
    }

    // Either way round, since a turn exchanges the sizes too.
    private static bool Agree(double? a, double? b) => a is { } first && b is { } second && Math.Abs(first - second) <= 0.01 * Math.Min(first, second);
}
