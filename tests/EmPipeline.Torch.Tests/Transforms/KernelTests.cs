using CsCheck;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Transforms;

/// <summary>Transforms that make new values, against their definitions.</summary>
public class KernelTests
{
    private static readonly Gen<NdIndex> Shapes = Gen.Select(Gen.Int[1, 6], Gen.Int[1, 9], Gen.Int[1, 40], (z, y, x) => new NdIndex(z, y, x));

    [Fact]
    public void Gamma_bends_between_the_least_and_the_greatest_value() => Gen.Select(Shapes, Gen.Double[0.3, 3], Gen.Int[0, 1000]).Sample((shape, gamma, seed) =>
    {
        var before = Samples.Write(Samples.Make(shape, seed)).Image;
        var sample = Samples.Make(shape, seed);
        Apply(new Intensity { Gamma = (gamma, gamma), Scale = (1, 1), Shift = (0, 0) }, sample, 1);
        var after = Samples.Write(sample).Image;
        var (low, high) = ((double)before.Min(), (double)before.Max());
        for (var i = 0; i < before.Length; i++)
            Near(after[i], high > low ? low + ((high - low) * Math.Pow((before[i] - low) / (high - low), gamma)) : low);
    }, iter: 100);

    [Fact]
    public void Noise_is_gaussian_of_the_drawn_deviation_and_no_two_voxels_or_seeds_share_it()
    {
        var shape = new NdIndex(10, 101, 103);
        var noise = Noise(1);
        (noise.Sum() / noise.Length).Should().BeApproximately(0, 0.01);
        (noise.Sum(value => value * value) / noise.Length).Should().BeApproximately(1, 0.02);
        (noise.Sum(value => value * value * value * value) / noise.Length).Should().BeApproximately(3, 0.15);
        noise.Count(value => Math.Abs(value) > 3).Should().BeInRange(200, 370);
        foreach (var lag in (int[])[1, 103, 10403, (noise.Length + 1) / 2])
            (noise.Skip(lag).Zip(noise, (a, b) => a * b).Sum() / (noise.Length - lag)).Should().BeApproximately(0, 0.015);
        (Noise(2).Zip(noise, (a, b) => a * b).Sum() / noise.Length).Should().BeApproximately(0, 0.015);

        double[] Noise(ulong seed)
        {
            var before = Samples.Write(Samples.Make(shape, 1)).Image;
            var sample = Samples.Make(shape, 1);
            Apply(new Noise { Probability = 1, Deviation = (0.5, 0.5) }, sample, seed);
            return [.. Samples.Write(sample).Image.Zip(before, (after, value) => (after - value) / 0.5)];
        }
    }

    [Fact]
    public void A_voxel_gets_its_noise_whatever_lies_beyond_whole_vectors()
    {
        var (all, less) = (new float[200], new float[198]);
        GaussianNoise.Add(all, 1, 9);
        GaussianNoise.Add(less, 1, 9);
        less[..99].Should().Equal(all[..99]);
        less[99..].Should().Equal(all[100..199]);
        all.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void A_blur_is_the_weighted_mean_of_what_is_valid() => Gen.Select(Shapes, Gen.Double[0.3, 1.5], Gen.Bool, Gen.Int[0, 1].Select(some => 30 * some), Gen.Int[0, 1000]).Sample(
        (shape, width, inPlane, invalid, seed) =>
        {
            var naive = Samples.Naive(Samples.Make(shape, seed, invalid));
            var sample = Samples.Make(shape, seed, invalid);
            Apply(new Blur { Probability = 1, Deviation = (width, width), InPlane = inPlane }, sample, 1);
            var after = Samples.Cube<float>(Samples.Write(sample).Image, shape);
            var radius = GaussianBlur.Radius(width);
            var (d, h, w) = naive.Shape;
            var random = new Random(seed);
            for (var probe = 0; probe < 30; probe++)
            {
                var (z, y, x) = (random.Next(d), random.Next(h), random.Next(w));
                var (sum, weights) = (0.0, 0.0);
                for (var a = inPlane ? 0 : -radius; a <= (inPlane ? 0 : radius); a++)
                {
                    for (var b = -radius; b <= radius; b++)
                    {
                        for (var c = -radius; c <= radius; c++)
                        {
                            var at = (Z: Math.Clamp(z + a, 0, d - 1), Y: Math.Clamp(y + b, 0, h - 1), X: Math.Clamp(x + c, 0, w - 1));
                            var weight = Math.Exp(-0.5 * ((a * a) + (b * b) + (c * c)) / (width * width)) * naive.Valid[at.Z, at.Y, at.X];
                            (sum, weights) = (sum + (weight * naive.Image[at.Z, at.Y, at.X]), weights + weight);
                        }
                    }
                }

                Near(after[z, y, x], naive.Valid[z, y, x] == 0 ? 0 : sum / weights);
            }
        }, iter: 100);

    [Fact]
    public void An_elastic_step_without_displacement_is_the_identity() => Gen.Select(Shapes, Gen.Int[0, 1].Select(some => 30 * some), Gen.Int[0, 1000]).Sample((shape, invalid, seed) =>
    {
        var before = Samples.Write(Samples.Make(shape, seed, invalid));
        var sample = Samples.Make(shape, seed, invalid);
        Apply(new Elastic { Probability = 1, Displacement = (0, 0, 0), Spacing = new NdIndex(3, 4, 5) }, sample, 1);
        var after = Samples.Write(sample);
        after.Image.SequenceEqual(before.Image).Should().BeTrue();
        after.Labels.SequenceEqual(before.Labels).Should().BeTrue();
        after.Valid.SequenceEqual(before.Valid).Should().BeTrue();
        after.Known.SequenceEqual(before.Known).Should().BeTrue();
    }, iter: 100);

    /// <summary>The image is its own place along one axis: interpolated linearly it says where each voxel comes from.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_elastic_step_displaces_smoothly_by_no_more_than_was_asked_and_labels_are_those_of_the_nearest_voxel(int axis) => Gen.Select(Gen.Int[0, 1000], Gen.Bool).Sample((seed, flat) =>
    {
        var elastic = new Elastic { Probability = 1, Spacing = new NdIndex(7, 9, 10), Displacement = (flat ? 0 : 2, 3, 3.5) };
        elastic.Halo.Should().Be(new NdIndex(flat ? 0 : 3, 4, 4));
        var shape = new NdIndex(13, 21, 37);
        var read = shape + elastic.Halo + elastic.Halo;
        var sample = Samples.Make(read, seed);
        var image = sample.Image;
        var labels = sample.Labels(0);
        for (var i = 0; i < image.Length; i++)
        {
            image[i] = (float)((int[])[i / (int)(read[1] * read[2]), i / (int)read[2] % (int)read[1], i % (int)read[2]])[axis];
            labels[i] = (long)image[i];
        }

        Apply(elastic, sample, (ulong)seed);
        sample.Shape.Should().Be(shape);
        var written = Samples.Write(sample);
        written.Valid.Concat(written.Known).All(valid => valid == 1).Should().BeTrue();
        var places = Samples.Cube<float>(written.Image, shape);
        var most = axis switch { 0 => elastic.Displacement.Z, 1 => elastic.Displacement.Y, _ => elastic.Displacement.X };
        var (moved, last) = (0.0, float.NaN);
        for (var i = 0; i < written.Image.Length; i++)
        {
            var (z, y, x) = (i / (21 * 37), i / 37 % 21, i % 37);
            var shift = places[z, y, x] - ((int[])[z, y, x])[axis] - elastic.Halo[axis];
            moved = Math.Max(moved, Math.Abs(shift));

            // A spline changes by at most the difference of its points, 2 × most, over their distance.
            if (Math.Abs(shift) > most + 1e-4 || (x > 0 && Math.Abs(shift - last) > (2 * most / 10) + 1e-3))
                Assert.Fail($"{z}, {y}, {x}: displaced by {shift} after {last}");
            last = shift;

            // Unless it lies in the middle of two.
            var middle = Math.Abs(places[z, y, x] - Math.Floor(places[z, y, x]) - 0.5) < 1e-3;
            if (!middle && written.Labels[i] != (long)MathF.Floor(places[z, y, x] + 0.5f))
                Assert.Fail($"{z}, {y}, {x}: got label {written.Labels[i]} at {places[z, y, x]}");
        }

        (moved > most / 4 || most == 0).Should().BeTrue();
    }, iter: 20);

    [Fact]
    public void What_is_deformed_from_invalid_voxels_is_invalid()
    {
        var elastic = new Elastic { Probability = 1, Spacing = NdIndex.Filled(3, 8), Displacement = (3, 3, 3) };
        var sample = Samples.Make(NdIndex.Filled(3, 32), 1);
        var image = sample.Image;
        var labels = sample.Labels(0);
        var valid = sample.Mask(0);
        var known = sample.Mask(1);
        for (var i = 0; i < image.Length; i++)
        {
            valid[i] = known[i] = (byte)(i % 32 < 16 ? 0 : 1);
            (image[i], labels[i]) = valid[i] == 0 ? (1000, -1) : (1, 1);
        }

        Apply(elastic, sample, 1);
        var written = Samples.Write(sample);
        written.Valid.Distinct().Should().HaveCount(2);
        for (var i = 0; i < written.Image.Length; i++)
        {
            if (Math.Abs(written.Image[i] - written.Valid[i]) > 0.2 || written.Labels[i] != (written.Known[i] == 0 ? -1 : 1))
                Assert.Fail($"{i}: got {written.Image[i]}, {written.Labels[i]}, masks {written.Valid[i]}, {written.Known[i]}");
        }
    }

    [Fact]
    public void What_cannot_be_done_is_refused()
    {
        Transform[] wrong = [new Elastic { Displacement = (0, 16, 0) }, new Elastic { Displacement = (-1, 0, 0) }, new Blur { Deviation = (0, 1) }, new Noise { Deviation = (0.2, 0.1) }, new Intensity { Gamma = (0, 1) }];
        foreach (var transform in wrong)
        {
            var check = () => transform.Check(NdIndex.Filled(3, 64), Samples.Isotropic);
            check.Should().Throw<EmException>().WithMessage($"{transform.GetType().Name}: got *expected *").Which.Fault.Should().Be(Fault.Configuration);
        }
    }

    private static void Apply(Transform transform, Sample sample, ulong seed)
    {
        var random = new SplitMix64(seed);
        transform.Apply(sample, ref random);
    }

    private static void Near(float got, double expected)
    {
        if (!(Math.Abs(got - expected) <= 1e-3))
            Assert.Fail($"got {got}, expected {expected}");
    }
}
