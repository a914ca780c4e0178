using CsCheck;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Kernels;

/// <summary>Interpolation puts centres on centres: what is linear in nanometres stays what it is, whatever the grids.</summary>
public sealed class LinearResampleTests
{
    private static readonly Gen<AxisGrid> Axis =
        Gen.Select(Gen.Long[1, 9], Gen.OneOf([.. new[] { 2.96, 4, 8, 10, 50 }.Select(size => Gen.Const(size))]), Gen.Double[-30, 30]).Select((length, size, centre) => new AxisGrid(length, size, centre));

    private static readonly Gen<VoxelGrid> Grid = Gen.Select(Axis, Axis, Axis).Select((z, y, x) => new VoxelGrid(z, y, x));

    [Fact]
    public void A_linear_ramp_is_reproduced_at_every_centre_inside_and_its_nearest_value_beyond() =>
        Gen.Select(Grid, Grid, Gen.Double[-3, 3].Array[3]).Sample((from, to, slope) =>
        {
            // Of the image's centres the nearest on each axis, where a voxel lies beyond them.
            double Ramp(double z, double y, double x) => 7 + (slope[0] * z) + (slope[1] * y) + (slope[2] * x);
            var found = Resample(from, to, index => (float)Ramp(to.Z.PositionOf(index[0]), to.Y.PositionOf(index[1]), to.X.PositionOf(index[2])));
            var i = 0;
            for (var z = 0; z < from.Z.Length; z++)
            {
                for (var y = 0; y < from.Y.Length; y++)
                {
                    for (var x = 0; x < from.X.Length; x++, i++)
                    {
                        var expected = Ramp(Inside(0, z), Inside(1, y), Inside(2, x));
                        if (Math.Abs(found[i] - expected) > 1e-3)
                            return false;
                    }
                }
            }

            return true;

            double Inside(int axis, int index) => Math.Clamp(from[axis].PositionOf(index), to[axis].Centre, to[axis].PositionOf(to[axis].Length - 1));
        });

    [Fact]
    public void Halving_a_voxel_gives_quarters_between_centres_exactly()
    {
        var image = new AxisGrid(4, 8, 0);
        var one = new AxisGrid(1, 8, 0);
        var found = Resample(new VoxelGrid(one, one, new AxisGrid(8, 4, -2)), new VoxelGrid(one, one, image), index => 4 * index[2]);
        found.Should().Equal(0, 1, 3, 5, 7, 9, 11, 12);
    }

    [Fact]
    public void What_is_no_number_stays_where_it_is()
    {
        var grid = new AxisGrid(3, 8, 0);
        var found = Resample(new VoxelGrid(grid, grid, grid), new VoxelGrid(grid, grid, grid), index => index == new NdIndex(1, 1, 1) ? float.NaN : 1);
        found.Count(float.IsNaN).Should().Be(1);
    }

    private static float[] Resample(VoxelGrid from, VoxelGrid to, Func<NdIndex, float> value)
    {
        var axes = new AxisWeights[] { new(), new(), new() };
        for (var axis = 0; axis < 3; axis++)
            axes[axis].Fill(from[axis], 0, (int)from[axis].Length, to[axis]);
        var hull = new Box(new NdIndex(axes[0].First, axes[1].First, axes[2].First), new NdIndex(axes[0].Length, axes[1].Length, axes[2].Length));
        Box.Whole(to.Shape).Contains(hull).Should().BeTrue();
        var source = hull.CellsTouched(NdIndex.Filled(3, 1)).Select(value).ToArray();
        var target = new float[from.Shape.Volume];
        new LinearResample().Run(axes, source, target);
        return target;
    }
}
