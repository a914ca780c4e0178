using System.Runtime.InteropServices;
using CsCheck;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Targets;

/// <summary>Targets are what their definitions say, voxel by voxel.</summary>
public class TargetTests
{
    private static readonly Gen<Grid> Shapes = Gen.Select(Gen.Int[1, 4], Gen.Int[1, 5], Gen.Int[1, 40], (z, y, x) => new Grid(z, y, x));
    private static readonly Gen<Grid> Margins = Gen.Select(Gen.Int[2, 3], Gen.Int[2, 3], Gen.Int[2, 4], (z, y, x) => new Grid(z, y, x));
    private static readonly Gen<Grid> SmallShapes = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4], Gen.Int[1, 12], (z, y, x) => new Grid(z, y, x));
    private static readonly VoxelSize[] Sizes = [new(8, 8, 8), new(30, 8, 8), new(12, 4, 6), new(5.5, 7.25, 7.25)];
    private static readonly Gen<VoxelSize> VoxelSizes = Gen.Int[0, Sizes.Length - 1].Select(i => Sizes[i]);
    private static readonly Gen<Labelled> Volumes = Gen.Select(Shapes, Margins, Gen.Int[0, 1000000], Gen.Int[0, 1].Select(some => 30 * some), (shape, margin, seed, unknown) => Labelled.Random(shape, margin, seed, unknown));
    private static readonly Gen<NdIndex> Thicknesses = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], (z, y, x) => new NdIndex(z, y, x));
    private static readonly Gen<NdIndex> Offsets = Gen.Select(Gen.Int[-2, 2], Gen.Int[-2, 2], Gen.Int[-2, 2], (z, y, x) => new NdIndex(z, y, x));

    private static readonly long[][] Chosen = [[], [7], [-1, (1L << 60) + 2], [0]];
    private static readonly Gen<long[]> Choices = Gen.Int[0, Chosen.Length - 1].Select(i => Chosen[i]);

    private static readonly Gen<Target> Any = Gen.OneOf(
        Gen.Select(Thicknesses, Gen.Enum<BoundaryMode>(), (thickness, mode) => (Target)new Boundary { Thickness = thickness, Mode = mode }),
        Offsets.Array[1, 4].Select(offsets => (Target)new Affinities { Offsets = offsets }),
        Choices.Select(values => (Target)new Binary { Values = values }),
        Gen.Select(Gen.Int[1, 23], Gen.Bool, (most, isSigned) => (Target)new Distance { MaxDistance = most, IsSigned = isSigned }));

    [Fact]
    public void Boundary_is_where_a_voxel_within_the_thickness_has_another_id() => Gen.Select(Volumes, Thicknesses, Gen.Enum<BoundaryMode>()).Sample((volume, thickness, mode) =>
    {
        var (values, mask) = volume.Make(new Boundary { Thickness = thickness, Mode = mode });
        var i = 0;
        volume.EachWanted((z, y, x) =>
        {
            var id = volume.Ids[z, y, x];
            var (differs, unseen) = (false, false);
            for (var axis = 0; axis < 3; axis++)
            {
                for (var step = -(int)thickness[axis]; step <= thickness[axis]; step++)
                {
                    var (a, b, c) = (z + (axis == 0 ? step : 0), y + (axis == 1 ? step : 0), x + (axis == 2 ? step : 0));
                    unseen |= volume.Known[a, b, c] == 0;
                    differs |= volume.Known[a, b, c] == 1 && volume.Ids[a, b, c] != id;
                }
            }

            var isWanted = mode == BoundaryMode.Thick || (mode == BoundaryMode.Inner) == (id != 0);
            var isCertain = volume.Known[z, y, x] == 1 && (differs || !unseen || !isWanted);
            mask[i].Should().Be((byte)(isCertain ? 1 : 0));
            if (isCertain)
                values[i].Should().Be((byte)(differs && isWanted ? 1 : 0));
            values[i++].Should().BeLessThan(2);
        });
    }, iter: 400, threads: 1);

    [Fact]
    public void Affinities_are_1_where_both_ends_belong_to_one_object() => Gen.Select(Volumes, Offsets.Array[1, 4]).Sample((volume, offsets) =>
    {
        var (values, mask) = volume.Make(new Affinities { Offsets = offsets });
        var i = 0;
        foreach (var offset in offsets)
        {
            volume.EachWanted((z, y, x) =>
            {
                var (a, b, c) = (z + offset[0], y + offset[1], x + offset[2]);
                var isCertain = volume.Known[z, y, x] == 1 && volume.Known[a, b, c] == 1;
                mask[i].Should().Be((byte)(isCertain ? 1 : 0));
                if (isCertain)
                    values[i].Should().Be((byte)(volume.Ids[z, y, x] != 0 && volume.Ids[z, y, x] == volume.Ids[a, b, c] ? 1 : 0));
                values[i++].Should().BeLessThan(2);
            });
        }
    }, iter: 400, threads: 1);

    [Fact]
    public void Binary_is_1_where_the_id_is_one_of_the_values() => Gen.Select(Volumes, Choices).Sample((volume, chosen) =>
    {
        var (values, mask) = volume.Make(new Binary { Values = chosen });
        var i = 0;
        volume.EachWanted((z, y, x) =>
        {
            mask[i].Should().Be(volume.Known[z, y, x]);
            if (mask[i] == 1)
                values[i].Should().Be((byte)(chosen.Length == 0 ? volume.Ids[z, y, x] != 0 ? 1 : 0 : chosen.Contains(volume.Ids[z, y, x]) ? 1 : 0));
            values[i++].Should().BeLessThan(2);
        });
    }, iter: 200, threads: 1);

    [Fact]
    public void Distance_is_that_of_the_nearest_voxel_with_another_id() => Gen.Select(SmallShapes, Gen.Int[0, 1], VoxelSizes, Gen.Double[3, 40], Gen.Bool, Gen.Int[0, 1000000], Gen.Int[0, 1].Select(some => 10 * some)).Sample(
        (shape, extra, voxelSize, most, isSigned, seed, unknown) =>
        {
            var target = new Distance { MaxDistance = most, IsSigned = isSigned };
            var volume = Labelled.Random(shape, Grid.Of(target.Halo(voxelSize)) + new Grid(extra, extra, extra), seed, unknown, voxelSize);
            var (bytes, mask) = volume.Make(target);
            var values = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
            var i = 0;
            volume.EachWanted((z, y, x) =>
            {
                var (nearest, unseen) = (most * most, double.PositiveInfinity);
                volume.Each((a, b, c) =>
                {
                    var (dz, dy, dx) = ((z - a) * voxelSize.Z!.Value, (y - b) * voxelSize.Y!.Value, (x - c) * voxelSize.X!.Value);
                    var square = (dz * dz) + (dy * dy) + (dx * dx);
                    if (volume.Known[a, b, c] == 0)
                        unseen = Math.Min(unseen, square);
                    else if (volume.Ids[a, b, c] != volume.Ids[z, y, x])
                        nearest = Math.Min(nearest, square);
                });

                // What is as far as the limit, but for rounding, may be certain or not.
                var isKnown = volume.Known[z, y, x] == 1;
                if (Math.Abs(unseen - (most * most)) > 1e-3)
                    mask[i].Should().Be((byte)(isKnown && (unseen > most * most || nearest < unseen) ? 1 : 0));
                if (mask[i] == 1)
                    values[i].Should().BeApproximately((float)(Math.Sqrt(nearest) * (isSigned && volume.Ids[z, y, x] == 0 ? -1 : 1)), 1e-4f);
                i++;
            });
        }, iter: 150, threads: 1);

    [Fact]
    public void What_lies_further_than_the_limit_counts_as_the_limit()
    {
        var volume = Labelled.Random(new Grid(1, 3, 70), new Grid(3, 3, 3), 1, unknown: 0);
        volume.Each((z, y, x) => volume.Ids[z, y, x] = x == 40 ? 9 : 0);
        var values = MemoryMarshal.Cast<byte, float>(volume.Make(new Distance { MaxDistance = 25 }).Values).ToArray();
        values[..34].Should().OnlyContain(value => value == -25);
        values[34..41].Should().Equal(-24, -16, -8, 8, -8, -16, -24);
        values[41..70].Should().OnlyContain(value => value == -25);
    }

    [Fact]
    public void What_is_certain_does_not_change_whatever_the_unknown_is() => Gen.Select(Shapes, Margins, Any, Gen.Int[0, 1000000]).Sample((shape, margin, target, seed) =>
    {
        var volume = Labelled.Random(shape, margin, seed, unknown: 30);
        var (values, mask) = volume.Make(target);
        var (completed, whole) = volume.Completed(seed + 1).Make(target);
        whole.Should().AllSatisfy(certain => certain.Should().Be(1));
        for (var i = 0; i < values.Length; i++)
        {
            if (mask[i * mask.Length / values.Length] == 1)
                values[i].Should().Be(completed[i]);
        }
    }, iter: 300, threads: 1);

    [Fact]
    public void Flipping_and_making_is_making_and_flipping() => Gen.Select(Volumes, Any, Gen.Int[0, 2]).Sample((volume, target, axis) =>
    {
        var mirrored = target is Affinities affinities ? affinities with { Offsets = [.. affinities.Offsets.Select(offset => Mirror(offset, axis))] } : target;
        var (values, mask) = volume.Make(target);
        var flipped = volume.Flipped(axis).Make(mirrored);
        var shape = volume.Wanted;
        var size = values.Length / mask.Length;
        for (var i = 0; i < mask.Length; i++)
        {
            var (channel, z, y, x) = (i / shape.Length, i % shape.Length / shape.Plane, i / shape.X % shape.Y, i % shape.X);
            var j = (channel * shape.Length) + shape.At(axis == 0 ? shape.Z - 1 - z : z, axis == 1 ? shape.Y - 1 - y : y, axis == 2 ? shape.X - 1 - x : x);
            flipped.Mask[j].Should().Be(mask[i]);
            flipped.Values.AsSpan(j * size, size).SequenceEqual(values.AsSpan(i * size, size)).Should().BeTrue();
        }
    }, iter: 300, threads: 1);

    [Fact]
    public void More_ids_than_two_bytes_hold_are_told_apart()
    {
        // Each id twice along x, and unknown now and then.
        var volume = Labelled.Random(new Grid(1, 400, 398), new Grid(0, 0, 1), 3, unknown: 0);
        volume.Each((z, y, x) => (volume.Ids[z, y, x], volume.Known[z, y, x]) = ((1L << 55) + (((y * 400) + x) / 2), (byte)(y % 7 == 3 && x % 5 == 0 ? 0 : 1)));
        var (values, mask) = volume.Make(new Affinities { Offsets = [new NdIndex(0, 0, 1)] });
        var (border, borderMask) = volume.Make(new Boundary { Thickness = new NdIndex(0, 0, 1) });
        var (one, _) = volume.Make(new Binary { Values = [(1L << 55) + 70001] });
        var (i, wrong) = (0, 0);
        volume.EachWanted((_, y, x) =>
        {
            var isKnown = volume.Known[0, y, x] == 1;
            var areKnown = isKnown && volume.Known[0, y, x + 1] == 1;
            wrong += mask[i] == (areKnown ? 1 : 0) && (!areKnown || values[i] == (x % 2 == 0 ? 1 : 0)) ? 0 : 1;
            wrong += borderMask[i] == 0 || border[i] == 1 ? 0 : 1;
            wrong += one[i] == (isKnown && volume.Ids[0, y, x] == (1L << 55) + 70001 ? 1 : 0) ? 0 : 1;
            i++;
        });
        wrong.Should().Be(0);
        one.Sum(value => value).Should().Be(2);
    }

    private static NdIndex Mirror(NdIndex offset, int axis) => new(axis == 0 ? -offset[0] : offset[0], axis == 1 ? -offset[1] : offset[1], axis == 2 ? -offset[2] : offset[2]);
}
