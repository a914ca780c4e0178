using CsCheck;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Volumes.Tests.Geometry;

/// <summary>The label of an image voxel is the one that lies at its centre, whatever the grids.</summary>
public sealed class LabelMatchTests
{
    private static readonly Gen<AxisGrid> Axis =
        Gen.Select(Gen.Long[1, 12], Gen.OneOf([.. new[] { 1.0, 2.96, 4, 8, 16, 23.68, 50 }.Select(size => Gen.Const(size))]), Gen.OneOf(Gen.Const(0.0), Gen.Const(4.0), Gen.Double[-60, 60])).Select((length, size, centre) => new AxisGrid(length, size, centre));

    private static readonly Gen<VoxelGrid> Grid = Gen.Select(Axis, Axis, Axis).Select((z, y, x) => new VoxelGrid(z, y, x));

    private static readonly Gen<Box> SomeBox =
        Gen.Select(Gen.Long[-3, 9].Array[3], Gen.Long[1, 20].Array[3]).Select((origin, shape) => new Box(new NdIndex(origin), new NdIndex(shape)));

    public static TheoryData<VoxelType> WholeNumbers() => [.. Enum.GetValues<VoxelType>().Where(type => !type.IsFloat())];

    [Theory]
    [MemberData(nameof(WholeNumbers))]
    public void Every_voxel_gets_the_label_at_its_centre_and_minus_one_where_there_is_none(VoxelType type) =>
        Gen.Select(Grid, Grid, SomeBox, Gen.Int[0, int.MaxValue]).Sample((image, labels, box, seed) =>
        {
            var stored = new byte[labels.Shape.Volume * type.Size()];
            new Random(seed).NextBytes(stored);
            var match = new GridMatch();
            match.Fill(image, box, labels);
            var hull = new byte[match.Hull.Volume * type.Size()];
            StridedCopy.Copy(stored, Box.Whole(labels.Shape), hull, match.Hull, type.Size());
            var (found, known) = (new long[box.Volume], new byte[box.Volume]);
            LabelGather.Gather<long>(match, type, hull, found);
            LabelGather.Known(match, known);

            var (i, whole) = (0, true);
            for (var z = 0; z < box.Shape[0]; z++)
            {
                for (var y = 0; y < box.Shape[1]; y++)
                {
                    for (var x = 0; x < box.Shape[2]; x++, i++)
                    {
                        var (lz, ly, lx) = (Index(0, z), Index(1, y), Index(2, x));
                        var inside = lz >= 0 && ly >= 0 && lx >= 0 && lz < labels.Z.Length && ly < labels.Y.Length && lx < labels.X.Length;
                        whole &= inside;
                        var expected = inside ? Value(type, stored, (((lz * labels.Y.Length) + ly) * labels.X.Length) + lx) : -1;
                        if (found[i] != expected || known[i] != (inside ? 1 : 0))
                            return false;
                    }
                }
            }

            return match.IsWhole == whole;

            long Index(int axis, long i) =>
                (long)Math.Floor(((image[axis].Centre + ((box.Origin[axis] + i) * image[axis].Size) - labels[axis].Centre) / labels[axis].Size) + 0.5 + 1e-6);
        });

    [Fact]
    public void A_centre_between_two_labels_has_the_upper_one_wherever_it_lies() =>
        Gen.Select(Gen.Int[100, 5000], Gen.Int[1, 3], Gen.Bool, Gen.Long[0, 100_000]).Sample((hundredths, ratio, isFiner, first) =>
        {
            // Decimal numbers are exact: half a voxel apart, labels as large as image voxels or twice, thrice as fine.
            var (size, fine) = (6 * hundredths / 1000m, 6 * hundredths / ratio / 1000m);
            var shift = isFiner ? -fine / 2 : size / 2;
            var labels = new AxisGrid(1_000_000, (double)fine, (double)shift);
            var match = new AxisMatch();
            match.Fill(new AxisGrid(200_000, (double)size, 0), first, 128, labels);
            return Enumerable.Range(0, 128).All(i =>
            {
                var expected = (long)decimal.Floor((((first + i) * size) - shift) / fine + 0.5m);
                return expected < 0 ? match.Table[i] == -1 : match.First + match.Table[i] == expected;
            });
        });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    public void Long_rows_of_the_usual_ratios_are_right_in_every_type_of_label(int imagesInLabel, int labelsInImage)
    {
        var image = new AxisGrid(200, 4.0 * labelsInImage, 2.0 * labelsInImage);
        var labels = new AxisGrid(170 * labelsInImage / imagesInLabel, 4.0 * imagesInLabel, 2.0 * imagesInLabel);
        var match = new GridMatch();
        match.Fill(new VoxelGrid(image, image, image), new Box(new NdIndex(3, 5, 7), new NdIndex(2, 3, 190)), new VoxelGrid(labels, labels, labels));
        foreach (var type in Enum.GetValues<VoxelType>().Where(type => !type.IsFloat()))
        {
            var hull = new byte[match.Hull.Volume * type.Size()];
            new Random((int)type).NextBytes(hull);
            var wide = new long[2 * 3 * 190];
            LabelGather.Gather<long>(match, type, hull, wide);
            var expected = new long[wide.Length];
            for (var i = 0; i < wide.Length; i++)
            {
                var (z, y, x) = (match[0].Table[i / (3 * 190)], match[1].Table[i / 190 % 3], match[2].Table[i % 190]);
                expected[i] = z < 0 || y < 0 || x < 0 ? -1 : Value(type, hull, (((z * match.Hull.Shape[1]) + y) * match.Hull.Shape[2]) + x);
            }

            wide.Should().Equal(expected, "labels of {0}", type.Name());
            if (type.Size() < 4)
            {
                var narrow = new int[wide.Length];
                LabelGather.Gather<int>(match, type, hull, narrow);
                narrow.Select(label => (long)label).Should().Equal(expected);
            }
        }
    }

    [Fact]
    public void An_id_that_only_64_bits_hold_keeps_its_bits()
    {
        var axis = new AxisGrid(1, 8, 0);
        var match = new GridMatch();
        match.Fill(new VoxelGrid(axis, axis, axis), Box.Whole(new NdIndex(1, 1, 1)), new VoxelGrid(axis, axis, axis));
        foreach (var id in new[] { (1ul << 53) + 1, ulong.MaxValue - 1, 1ul << 63 })
        {
            var found = new long[1];
            LabelGather.Gather<long>(match, VoxelType.UInt64, BitConverter.GetBytes(id), found);
            unchecked((ulong)found[0]).Should().Be(id);
        }
    }

    [Fact]
    public void Labels_that_are_no_whole_numbers_are_refused()
    {
        var act = () => LabelGather.Gather<long>(new GridMatch(), VoxelType.Float32, [], []);
        act.Should().Throw<ArgumentException>().WithMessage("*float32*");
    }

    [Fact]
    public void Grids_overlap_where_any_of_their_voxels_do()
    {
        var (image, size) = (VoxelGrid.Of(new NdIndex(4, 4, 4), new VoxelSize(10, 10, 10), (0, 0, 0)), new VoxelSize(10, 10, 10));
        image.Overlaps(VoxelGrid.Of(new NdIndex(1, 1, 1), size, (39, 0, 0))).Should().BeTrue();
        image.Overlaps(VoxelGrid.Of(new NdIndex(1, 1, 1), size, (40, 0, 0))).Should().BeFalse("they only touch");
        image.Overlaps(VoxelGrid.Of(new NdIndex(9, 9, 1), size, (0, 0, -10))).Should().BeFalse();
    }

    [Fact]
    public void A_grid_without_a_voxel_size_is_none()
    {
        var act = () => VoxelGrid.Of(new NdIndex(1, 1, 1), new VoxelSize(null, 4, 4), default);
        act.Should().Throw<ArgumentException>().WithMessage("*? × 4 × 4 nm*");
    }

    private static long Value(VoxelType type, byte[] stored, long index)
    {
        var at = stored.AsSpan((int)index * type.Size());
        return type switch
        {
            VoxelType.Boolean or VoxelType.UInt8 => at[0],
            VoxelType.Int8 => (sbyte)at[0],
            VoxelType.UInt16 => BitConverter.ToUInt16(at),
            VoxelType.Int16 => BitConverter.ToInt16(at),
            VoxelType.UInt32 => BitConverter.ToUInt32(at),
            VoxelType.Int32 => BitConverter.ToInt32(at),
            _ => BitConverter.ToInt64(at),
        };
    }
}
