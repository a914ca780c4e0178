using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// Smooth deformation: on a coarse grid of control points displacements are drawn, uniform and each its own, between which cubic B-splines go, so
/// that no voxel is displaced by more. The image is interpolated linearly, labels are those of the nearest voxel; masks go along.
/// </summary>
public sealed record Elastic : Transform
{
    /// <summary>Of each sample. 0.5 unless set.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>Voxels between control points, z, y, x. 32 unless set.</summary>
    public NdIndex Spacing { get; init; } = NdIndex.Filled(3, 32);

    /// <summary>The most voxels along each axis. 4 unless set; where voxels are longer along z, less there is as much, and 0 keeps sections what they are.</summary>
    public (double Z, double Y, double X) Displacement { get; init; } = (4, 4, 4);

    /// <summary>One voxel more than the displacement, for what lies between voxels.</summary>
    public override NdIndex Halo => new(Reach(Displacement.Z), Reach(Displacement.Y), Reach(Displacement.X));

    public override NdIndex SampleHalo(SplitMix64 random) => Draw.Chance(ref random, Probability) ? Halo : base.Halo;

    public override void Check(NdIndex shape, VoxelSize voxelSize)
    {
        Fits("z", Displacement.Z, Spacing[0]);
        Fits("y", Displacement.Y, Spacing[1]);
        Fits("x", Displacement.X, Spacing[2]);

        static void Fits(string axis, double displacement, long spacing)
        {
            if (!(displacement >= 0 && displacement < 0.5 * spacing))
                throw new EmException(Fault.Configuration, $"Elastic: got a displacement of {displacement} along {axis} between control points {spacing} apart, expected less than half of that: what lies between would fold.");
        }
    }

    public override void Apply(Sample sample, ref SplitMix64 random)
    {
        if (Draw.Chance(ref random, Probability))
            ElasticWarp.Apply(sample, new ElasticField(Grid.Of(sample.Shape), Grid.Of(Halo), Grid.Of(Spacing), Displacement, ref random));
    }

    // A float just below a whole number may be that number.
    private static int Reach(double displacement) => displacement == 0 ? 0 : (int)Math.Floor((float)displacement) + 1;
}
