using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;
using Written = (float[] Image, long[] Labels, byte[] Valid, byte[] Known);

namespace EmPipeline.Torch.Tests.Transforms;

/// <summary>What each transform does is what it says, to image, labels and masks alike.</summary>
public class TransformTests
{
    private static readonly NdIndex Cube = NdIndex.Filled(3, 4);

    [Fact]
    public void A_flip_reverses_any_of_the_chosen_axes_and_each_choice_is_as_likely()
    {
        var all = Enumerable.Range(0, 8).Select(axes => Expected(Cube, naive => Flip(naive, axes))).ToList();
        var counts = Counts(new Flip(), Cube, Samples.Isotropic, all, 400);
        counts.Should().OnlyContain(count => count > 25);
        counts = Counts(new Flip { Z = false, X = false }, Cube, Samples.Isotropic, all, 100);
        counts.Select(count => count > 0).Should().Equal(true, false, true, false, false, false, false, false);
    }

    [Fact]
    public void Turns_are_the_24_of_a_cube_where_voxels_are_cubes_and_four_where_they_are_not()
    {
        var all = Rotations().Select(turn => Expected(Cube, turn)).ToList();
        all.Should().HaveCount(24);
        Counts(new Turn(), Cube, Samples.Isotropic, all, 1200).Should().OnlyContain(count => count > 15);
        Counts(new Turn { AnyAxes = true }, Cube, new VoxelSize(40, 4, 8), all, 400).Should().NotContain(0);
        var inPlane = Counts(new Turn(), Cube, new VoxelSize(40, 4, 4), all, 200);
        inPlane.Count(count => count > 0).Should().Be(4);
        inPlane.Where(count => count > 0).Should().OnlyContain(count => count > 20);
        Counts(new Turn { InPlane = true }, Cube, Samples.Isotropic, all, 200).Select(count => count > 0).Should().Equal(inPlane.Select(count => count > 0));
    }

    [Fact]
    public void Intensity_is_one_scale_and_one_shift_for_the_whole_image_and_leaves_the_rest()
    {
        for (var seed = 0ul; seed < 20; seed++)
        {
            var (before, after) = Applied(new Intensity { Scale = (0.5, 2), Shift = (-1, 1) }, new NdIndex(3, 5, 6), seed, invalid: 20);
            var (scale, shift) = Fit(before, after, 0, 90);
            scale.Should().BeInRange(0.5, 2);
            shift.Should().BeInRange(-1, 1);
            SameLabelsAndMasks(before, after);
        }
    }

    [Theory]
    [InlineData(SectionFill.Black)]
    [InlineData(SectionFill.Mean)]
    [InlineData(SectionFill.Neighbour)]
    public void A_missing_section_holds_what_was_asked_for_and_keeps_its_labels(SectionFill fill)
    {
        var missing = 0;
        for (var seed = 0ul; seed < 100; seed++)
        {
            var (before, after) = Applied(new MissingSection { Probability = 0.2, Fill = fill }, new NdIndex(6, 3, 4), seed);
            SameLabelsAndMasks(before, after);
            for (var z = 0; z < 6; z++)
            {
                if (Section(after.Image, z).SequenceEqual(Section(before.Image, z)))
                    continue;
                missing++;
                if (fill == SectionFill.Neighbour)
                    Enumerable.Range(0, 6).Should().Contain(other => Section(after.Image, z).SequenceEqual(Section(before.Image, other)));
                else
                    Section(after.Image, z).Should().OnlyContain(value => value == (fill == SectionFill.Mean ? 0 : -5));
            }
        }

        missing.Should().BeInRange(80, 160);
    }

    [Fact]
    public void A_missing_section_is_invalid_where_that_was_asked_for()
    {
        var (before, after) = Applied(new MissingSection { Probability = 0.5, IsInvalid = true }, new NdIndex(8, 3, 4), 1);
        var lost = Enumerable.Range(0, 8).Where(z => !Section(after.Image, z).SequenceEqual(Section(before.Image, z))).ToList();
        lost.Should().NotBeEmpty().And.HaveCountLessThan(8);
        for (var z = 0; z < 8; z++)
            Section(after.Valid, z).Should().AllBeEquivalentTo((byte)(lost.Contains(z) ? 0 : 1));
        after.Known.Should().Equal(before.Known);
        after.Labels.Should().Equal(before.Labels);
    }

    [Fact]
    public void A_section_of_low_contrast_has_its_own_scale_and_shift()
    {
        var low = 0;
        for (var seed = 0ul; seed < 100; seed++)
        {
            var (before, after) = Applied(new LowContrastSection { Probability = 0.2 }, new NdIndex(6, 3, 4), seed, invalid: 10);
            SameLabelsAndMasks(before, after);
            for (var z = 0; z < 6; z++)
            {
                if (Section(after.Image, z).SequenceEqual(Section(before.Image, z)))
                    continue;
                low++;
                var (scale, shift) = Fit(before, after, 12 * z, 12 * (z + 1));
                scale.Should().BeInRange(0.0999, 0.5001);
                shift.Should().BeInRange(-1.0001, 0.0001);
            }
        }

        low.Should().BeInRange(80, 160);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sections_slip_alone_or_all_from_one_on_and_what_moves_in_is_read_or_invalid(bool all)
    {
        var (slipped, at) = (0, new Dictionary<int, int>());
        for (var seed = 0ul; seed < 100; seed++)
        {
            Transform transform = all ? new Misalignment { Probability = 0.5, MaxShift = 2, ReadsAround = false } : new ShiftedSection { Probability = 0.3, MaxShift = 2, ReadsAround = false };
            var (before, after) = Applied(transform, new NdIndex(5, 6, 7), seed);
            var shifts = Enumerable.Range(0, 5).Select(z => Shift(before, after, z)).ToList();
            slipped += shifts.Count(shift => shift != default);
            var first = shifts.FindIndex(shift => shift != default);
            if (!all || first < 0)
                continue;
            first.Should().BeGreaterThan(0);
            shifts.Skip(first).Should().AllBeEquivalentTo(shifts[first]);
            at[first] = at.GetValueOrDefault(first) + 1;
        }

        slipped.Should().BeInRange(70, 200);
        if (all)
            at.Keys.Should().BeEquivalentTo([1, 2, 3, 4]);
    }

    [Fact]
    public void What_cannot_be_done_is_refused()
    {
        Refused(new Turn(), Cube, new VoxelSize(40, 4, 8)).Should().Contain("expected y and x of one known size");
        Refused(new Turn(), Cube, default).Should().Contain("expected y and x of one known size");
        Refused(new Turn(), new NdIndex(2, 4, 4), Samples.Isotropic).Should().Contain("expected equal extents");
        Refused(new Intensity { Scale = (0, 1) }, Cube, Samples.Isotropic).Should().Contain("greater than 0");
        Refused(new LowContrastSection { Contrast = (0.5, 0.1) }, Cube, Samples.Isotropic).Should().Contain("greater than 0");
        var stored = () => new SampleProgram([new Flip(), new Intensity()], Cube, NdIndex.Filled(3, 0), Samples.Isotropic, changesValues: false);
        stored.Should().Throw<EmException>().WithMessage("*expected none that changes grey values. Set Values to Normalised.").Which.Fault.Should().Be(Fault.Configuration);
    }

    private static string Refused(Transform transform, NdIndex shape, VoxelSize size)
    {
        var make = () => new SampleProgram([transform], shape, NdIndex.Filled(3, 0), size, changesValues: true);
        var error = make.Should().Throw<EmException>().Which;
        error.Fault.Should().Be(Fault.Configuration);
        return error.Message;
    }

    private static (Written Before, Written After) Applied(
        Transform transform, NdIndex shape, ulong seed, int invalid = 0, VoxelSize? size = null)
    {
        var before = Samples.Write(Samples.Make(shape, 5, invalid, size));
        var sample = Samples.Make(shape, 5, invalid, size);
        var random = new SplitMix64(seed);
        transform.Apply(sample, ref random);
        return (before, Samples.Write(sample));
    }

    private static Written Expected(NdIndex shape, Action<NaiveSample> change)
    {
        var naive = Samples.Naive(Samples.Make(shape, 5, invalid: 10));
        change(naive);
        return (naive.Written(), [.. naive.Labels.Cast<long>()], [.. naive.Valid.Cast<byte>()], [.. naive.Known.Cast<byte>()]);
    }

    /// <summary>How often the transform did each of these things; it did nothing else.</summary>
    private static int[] Counts(Transform transform, NdIndex shape, VoxelSize size, List<Written> all, int times)
    {
        var counts = new int[all.Count];
        for (var seed = 0; seed < times; seed++)
        {
            var after = Applied(transform, shape, (ulong)seed * 7919, invalid: 10, size).After;
            counts[all.FindIndex(expected =>
                expected.Image.SequenceEqual(after.Image) && expected.Labels.SequenceEqual(after.Labels) && expected.Valid.SequenceEqual(after.Valid) && expected.Known.SequenceEqual(after.Known))]++;
        }

        return counts;
    }

    private static void Flip(NaiveSample naive, int axes)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if ((axes >> axis & 1) != 0)
                naive.Flip(axis);
        }
    }

    /// <summary>Every order and direction of the axes that is no mirror image.</summary>
    private static IEnumerable<Action<NaiveSample>> Rotations()
    {
        int[][] orders = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]];
        for (var order = 0; order < 6; order++)
        {
            for (var flips = 0; flips < 8; flips++)
            {
                // An exchange of two axes mirrors, and so does each flip.
                if ((int.PopCount(flips) + (order > 2 ? 1 : 0)) % 2 != 0)
                    continue;
                var (axes, chosen) = (orders[order], flips);
                yield return naive =>
                {
                    naive.Move(naive.Shape, (z, y, x) => ((int[])[z, y, x])[axes[0]] is var a && ((int[])[z, y, x])[axes[1]] is var b ? (a, b, ((int[])[z, y, x])[axes[2]]) : default);
                    Flip(naive, chosen);
                };
            }
        }
    }

    /// <summary>Scale and shift of what lies from first to end; what is invalid is 0.</summary>
    private static (double Scale, double Shift) Fit(Written before, Written after, int first, int end)
    {
        var valid = Enumerable.Range(first, end - first).Where(i => before.Valid[i] != 0).ToList();
        var (low, high) = (valid.MinBy(i => before.Image[i]), valid.MaxBy(i => before.Image[i]));
        var scale = (after.Image[high] - after.Image[low]) / (before.Image[high] - before.Image[low]);
        var shift = after.Image[low] - (scale * before.Image[low]);
        foreach (var i in valid)
            after.Image[i].Should().BeApproximately((before.Image[i] * scale) + shift, 1e-4f);
        for (var i = first; i < end; i++)
            (before.Valid[i] != 0 || after.Image[i] == 0).Should().BeTrue();
        return (scale, shift);
    }

    /// <summary>By how much section z of a 5×6×7 sample slipped, the same for all that belongs to it.</summary>
    private static (int Y, int X) Shift(Written before, Written after, int z)
    {
        for (var dy = -2; dy <= 2; dy++)
        {
            for (var dx = -2; dx <= 2; dx++)
            {
                if (Enumerable.Range(0, 42).All(i => Is(i / 7, i % 7, dy, dx)))
                    return (dy, dx);
            }
        }

        throw new InvalidOperationException($"section {z} is no shifted one");

        bool Is(int y, int x, int dy, int dx)
        {
            var (to, from) = ((z * 42) + (y * 7) + x, (z * 42) + ((y + dy) * 7) + x + dx);
            return y + dy is < 0 or > 5 || x + dx is < 0 or > 6
                ? (after.Image[to], after.Labels[to], after.Valid[to], after.Known[to]) == (0, -1, 0, 0)
                : (after.Image[to], after.Labels[to], after.Valid[to], after.Known[to]) == (before.Image[from], before.Labels[from], 1, 1);
        }
    }

    private static void SameLabelsAndMasks(Written before, Written after)
    {
        after.Labels.Should().Equal(before.Labels);
        after.Valid.Should().Equal(before.Valid);
        after.Known.Should().Equal(before.Known);
    }

    private static T[] Section<T>(T[] values, int z) => values[(z * 12)..((z + 1) * 12)];
}
