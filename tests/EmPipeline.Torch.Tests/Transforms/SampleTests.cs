using CsCheck;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Transforms;

/// <summary>What is only noted, and done when a sample is written, is what was asked for step by step.</summary>
public class SampleTests
{
    private static readonly Gen<NdIndex> Shapes = Gen.Select(Gen.Int[1, 5], Gen.Int[1, 18], Gen.Int[1, 35], (z, y, x) => new NdIndex(z, y, x));

    [Fact]
    public void Any_steps_give_what_they_give_voxel_by_voxel() => Gen.Select(Shapes, Gen.Int[0, 1000000], Gen.Int[0, 1].Select(some => 30 * some), Gen.Int[0, 8]).Sample(
        (shape, seed, invalid, steps) =>
        {
            var sample = Samples.Make(shape, seed, invalid);
            var naive = Samples.Naive(sample);
            var random = new Random(seed);
            for (var i = 0; i < steps; i++)
                Step(sample, naive, random);
            var (image, labels, valid, known) = Samples.Write(sample);
            var expected = naive.Written();
            image.Should().HaveCount(expected.Length);
            for (var i = 0; i < image.Length; i++)
                image[i].Should().BeApproximately(expected[i], 1e-4f);
            labels.Should().Equal(naive.Labels.Cast<long>());
            valid.Should().Equal(naive.Valid.Cast<byte>());
            known.Should().Equal(naive.Known.Cast<byte>());
        }, iter: 1500, threads: 1);

    [Theory]
    [InlineData(VoxelType.UInt8)]
    [InlineData(VoxelType.Int16)]
    [InlineData(VoxelType.UInt16)]
    [InlineData(VoxelType.UInt32)]
    [InlineData(VoxelType.UInt64)]
    public void Stored_values_are_moved_as_they_are(VoxelType type)
    {
        var shape = new NdIndex(3, 7, 9);
        var plain = Samples.Make(shape, 1, type: type);
        var flipped = Samples.Make(shape, 1, type: type);
        flipped.Flip(2);
        var size = type switch { VoxelType.UInt8 => 1, VoxelType.Int16 => 2, VoxelType.UInt16 => 4, _ => 8 };
        var (before, after) = (new byte[size * shape.Volume], new byte[size * shape.Volume]);
        plain.WriteStored(before);
        flipped.WriteStored(after);
        for (var row = 0; row < 21; row++)
        {
            for (var x = 0; x < 9; x++)
                after.AsSpan(((row * 9) + x) * size, size).ToArray().Should().Equal(before.AsSpan(((row * 9) + 8 - x) * size, size).ToArray());
        }
    }

    [Fact]
    public void Stored_values_stay_stored_when_z_takes_the_place_of_y()
    {
        var sample = Samples.Make(new NdIndex(3, 4, 5), 1, type: VoxelType.UInt16);
        var before = new byte[4 * 60];
        sample.WriteStored(before);
        sample.ImagePart.Scale(1, 0, sample.ImagePart.Black);
        sample.Shift(2, 1, 0);
        sample.ExchangeZY();
        sample.Flip(2);
        var after = new byte[4 * 60];
        sample.WriteStored(after);
        for (var i = 0; i < 60; i++)
        {
            var (z, y, x) = (i / 5 % 3, (i / 15) + (i / 5 % 3 == 2 ? 1 : 0), 4 - (i % 5));
            var expected = z == 1 || y > 3 ? 0 : BitConverter.ToInt32(before, 4 * ((((z * 4) + y) * 5) + x));
            BitConverter.ToInt32(after, 4 * i).Should().Be(expected);
        }
    }

    [Fact]
    public void A_lost_section_keeps_its_image_and_is_invalid()
    {
        var sample = Samples.Make(new NdIndex(3, 4, 5), 1);
        sample.ImagePart.Repeat(1, 0);
        sample.ImagePart.Lose(1);
        sample.Flip(0);
        _ = sample.Image;
        var (image, _, valid, known) = Samples.Write(sample);
        image[20..40].Should().Equal(image[40..]);
        valid[..20].Concat(valid[40..]).Should().AllSatisfy(value => value.Should().Be(1));
        valid[20..40].Should().AllSatisfy(value => value.Should().Be(0));
        known.Should().AllSatisfy(value => value.Should().Be(1));
    }

    private static void Step(Sample sample, NaiveSample naive, Random random)
    {
        var (d, h, w) = naive.Shape;
        var z = random.Next(d);
        switch (random.Next(9))
        {
            case 0:
                var axis = random.Next(3);
                sample.Flip(axis);
                naive.Flip(axis);
                break;
            case 1:
                sample.ExchangePlane();
                naive.ExchangePlane();
                break;
            case 2:
                sample.ExchangeZY();
                naive.ExchangeZY();
                break;
            case 3:
                var (dy, dx) = (random.Next(-3, 4), random.Next(-40, 41));
                sample.Shift(z, dy, dx);
                naive.Shift(z, dy, dx);
                break;
            case 4:
                var other = random.Next(d);
                sample.ImagePart.Repeat(z, other);
                naive.Repeat(z, other);
                break;
            case 5:
                var (scale, offset) = (random.Next(3) * 0.5f, random.NextSingle());
                sample.ImagePart.Scale(z, scale, offset);
                naive.Scale(z, scale, offset);
                break;
            case 6:
                var (a, b, c) = (Math.Min(1, (d - 1) / 2), Math.Min(1, (h - 1) / 2), Math.Min(2, (w - 1) / 2));
                sample.Shrink(new EmPipeline.Torch.Transforms.Grid(a, b, c));
                naive.Shrink(a, b, c);
                break;
            case 7:
                // Looking at it changes nothing.
                _ = sample.Image;
                break;
            default:
                _ = sample.Labels(0);
                break;
        }
    }
}
