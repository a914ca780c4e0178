using EmPipeline.Torch.Targets;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Targets;

public class TargetProgramTests
{
    private static readonly VoxelSize Isotropic = new(8, 8, 8);

    [Fact]
    public void The_halo_is_what_the_targets_need_together() =>
        new TargetProgram([new Boundary { Thickness = new NdIndex(0, 3, 1) }, new Affinities { Offsets = [new(-9, 0, 1), new(0, 0, -4)] }, new Binary()], ["a"], Isotropic)
            .Halo.Should().Be(new NdIndex(9, 3, 4));

    [Fact]
    public void Each_target_is_made_of_its_own_label()
    {
        var program = new TargetProgram([new Binary { Label = "b" }, new Binary { Name = "first" }], ["a", "b"], Isotropic);
        var sample = new Sample();
        sample.Begin(new NdIndex(1, 1, 3), VoxelType.UInt8, 0, 1, Isotropic, 2);
        sample.SetWhole(0);
        sample.SetWhole(1);
        sample.SetWhole(2);
        new long[] { 0, 0, 5 }.CopyTo(sample.Labels(0));
        new long[] { 6, 0, 6 }.CopyTo(sample.Labels(1));
        var (values, mask) = (new byte[3], new byte[3]);
        program.Begin(sample, default);
        program.Make(sample, 0, values, mask);
        values.Should().Equal(1, 0, 1);
        program.Make(sample, 1, values, mask);
        values.Should().Equal(0, 0, 1);
    }

    [Fact]
    public void Distances_after_a_turn_are_of_the_turned_voxels()
    {
        var (size, turnedSize) = (new VoxelSize(40, 4, 8), new VoxelSize(4, 8, 40));
        const int side = 13, margin = 4;
        var (turned, made) = (Begin(size), Begin(turnedSize));
        var random = new Random(3);
        for (var z = 0; z < side; z++)
        {
            for (var y = 0; y < side; y++)
            {
                for (var x = 0; x < side; x++)
                {
                    var id = random.Next(30) == 0 ? 1 : 0;
                    turned.Labels(0)[(((z * side) + y) * side) + x] = id;
                    // z becomes x, y becomes z, x becomes y.
                    made.Labels(0)[(((y * side) + x) * side) + z] = id;
                }
            }
        }

        turned.ExchangeZY();
        turned.ExchangePlane();
        turned.VoxelSize.Should().Be(turnedSize);
        Distances(turned).Should().Equal(Distances(made)).And.Contain(bytes => bytes != 0);

        static Sample Begin(VoxelSize voxelSize)
        {
            var sample = new Sample();
            sample.Begin(NdIndex.Filled(3, side), VoxelType.UInt8, 0, 1, voxelSize, 1);
            sample.SetWhole(0);
            sample.SetWhole(1);
            return sample;
        }

        static byte[] Distances(Sample sample)
        {
            var program = new TargetProgram([new Distance { MaxDistance = 16 }], ["a"], sample.VoxelSize);
            program.Begin(sample, new Grid(margin, margin, margin));
            const int wanted = side - (2 * margin);
            var (values, mask) = (new byte[wanted * wanted * wanted * sizeof(float)], new byte[wanted * wanted * wanted]);
            program.Make(sample, 0, values, mask);
            return values;
        }
    }

    [Fact]
    public void A_label_that_was_not_chosen_is_named()
    {
        var make = () => new TargetProgram([new Boundary { Label = "nuclei" }], ["mitochondria", "neurons"], Isotropic);
        make.Should().Throw<EmException>().Where(error => error.Fault == Fault.Configuration).WithMessage("*nuclei*'boundary'*mitochondria, neurons*");
    }

    [Fact]
    public void Targets_without_labels_are_refused()
    {
        var make = () => new TargetProgram([new Boundary()], [], Isotropic);
        make.Should().Throw<EmException>().Where(error => error.Fault == Fault.Configuration).WithMessage("*'boundary'*none is chosen*");
    }

    [Theory]
    [InlineData("boundary")]
    [InlineData("other_mask")]
    public void Two_tensors_of_one_name_are_refused(string name)
    {
        var make = () => new TargetProgram([new Boundary(), new Binary { Name = "other" }, new Binary { Name = name }], ["a"], Isotropic);
        make.Should().Throw<EmException>().Where(error => error.Fault == Fault.Configuration).WithMessage($"*'{name}'*Set Name*");
    }

    [Fact]
    public void Settings_that_mean_nothing_are_refused()
    {
        Target[] targets = [new Boundary { Thickness = new NdIndex(1, -1, 1) }, new Boundary { Thickness = NdIndex.Filled(2, 1) }, new Affinities { Offsets = [] }, new Affinities { Offsets = [new NdIndex(1, 0)] }, new Affinities { Offsets = [new NdIndex(0, long.MinValue, 0)] }, new Distance { MaxDistance = 0 }, new Distance { MaxDistance = double.NaN }];
        foreach (var target in targets)
        {
            var make = () => new TargetProgram([target], ["a"], Isotropic);
            make.Should().Throw<EmException>().Where(error => error.Fault == Fault.Configuration);
        }
    }

    [Fact]
    public void A_distance_needs_a_known_voxel_size()
    {
        var make = () => new TargetProgram([new Distance()], ["a"], new VoxelSize(null, 8, 8));
        make.Should().Throw<EmException>().Where(error => error.Fault == Fault.Configuration).WithMessage("*? × 8 × 8 nm*State it*");
        new Distance { MaxDistance = 100 }.Halo(new VoxelSize(50, 8, 8)).Should().Be(new NdIndex(2, 12, 12));
    }

    [Fact]
    public void What_would_be_read_around_a_sample_has_to_fit_memory()
    {
        var far = () => new TargetProgram([new Distance { MaxDistance = 1e9 }], ["a"], Isotropic);
        far.Should().Throw<EmException>().Where(error => error.Fault == Fault.Configuration).WithMessage("*'distance'*look less far*");
        var halo = new TargetProgram([new Distance { MaxDistance = 8000 }], ["a"], Isotropic).Halo;
        var large = () => new SampleProgram([], NdIndex.Filled(3, 128), halo, Isotropic, changesValues: true);
        large.Should().Throw<EmException>().Where(error => error.Fault == Fault.Configuration).WithMessage("*2128×2128×2128*Set Shape*");
    }

    [Fact]
    public void A_margin_that_is_too_small_is_never_read_past()
    {
        var volume = Labelled.Random(new Grid(3, 3, 3), new Grid(1, 1, 0), 1, unknown: 0);
        var make = () => volume.Make(new Boundary());
        make.Should().Throw<ArgumentException>().WithMessage("*expected 1×1×1*");
    }
}
