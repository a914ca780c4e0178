using CsCheck;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Transforms;

/// <summary>What becomes of a sample follows from its numbers alone, and its halo is enough.</summary>
public class SampleProgramTests
{
    private static readonly NdIndex Shape = new(6, 8, 8);

    private static readonly Transform[] Everything =
    [
        new Misalignment { Probability = 0.5, MaxShift = 3 }, new Turn { InPlane = true }, new ShiftedSection { Probability = 0.3, MaxShift = 2, ReadsAround = true }, new Flip(), new Misalignment { MaxShift = 2 },
        new LowContrastSection(), new MissingSection { Fill = SectionFill.Neighbour }, new Intensity(), new MissingSection(),
    ];

    [Fact]
    public void A_sample_is_the_same_whoever_makes_it_and_when()
    {
        var program = Program(Everything);
        var used = new Sample();
        var made = Enumerable.Range(0, 20).Select(number => Run(program, new Sample(), 7, 3, number)).ToList();
        for (var number = 19; number >= 0; number--)
        {
            var again = Run(program, used, 7, 3, number);
            again.Image.Should().Equal(made[number].Image);
            again.Labels.Should().Equal(made[number].Labels);
            again.Valid.Should().Equal(made[number].Valid);
            again.Known.Should().Equal(made[number].Known);
        }

        made.Select(sample => sample.Image.Aggregate(0.0, (sum, value) => (0.9 * sum) + value)).Distinct().Should().HaveCount(20);
        Run(program, used, 8, 3, 5).Image.Should().NotEqual(made[5].Image);
        Run(program, used, 7, 4, 5).Image.Should().NotEqual(made[5].Image);
    }

    [Fact]
    public void The_halo_is_enough_nothing_moves_in_from_outside_of_what_was_read() => Gen.Select(Gen.Int[0, 100000], Gen.Int[0, 3]).Sample((number, margin) =>
    {
        var program = new SampleProgram(Everything, Shape, new NdIndex(0, margin, margin), Samples.Isotropic, changesValues: true);
        var sample = new Sample();
        var (_, labels, valid, known) = Run(program, sample, 1, 0, number);
        sample.Shape.Should().Be(new NdIndex(6, 8 + (2 * margin), 8 + (2 * margin)));
        labels.Contains(-1).Should().BeFalse();
        valid.Concat(known).All(value => value == 1).Should().BeTrue();
    }, iter: 200);

    [Fact]
    public void What_few_samples_need_is_read_for_few()
    {
        var program = Program([new Misalignment { Probability = 0.1, MaxShift = 3 }]);
        var plan = new SamplePlan();
        var read = Enumerable.Range(0, 1000).Count(number =>
        {
            program.Plan(plan, 1, 0, number);
            return plan.Halo != default;
        });
        read.Should().BeInRange(60, 140);
    }

    /// <summary>Ids are placed so that a voxel tells where it was read.</summary>
    [Fact]
    public void What_lies_around_moves_in()
    {
        var program = Program([new Misalignment { Probability = 1, MaxShift = 3 }]);
        var (plan, sample) = (new SamplePlan(), new Sample());
        var moved = 0;
        for (var number = 0; number < 50; number++)
        {
            program.Plan(plan, 1, 0, number);
            var read = plan.Shapes[0];
            Samples.Fill(sample, read.ToIndex(), 1);
            for (var i = 0; i < read.Length; i++)
                sample.Labels(0)[i] = (i / read.Plane * 10000) + ((100 + (i / read.X % read.Y) - plan.Halo.Y) * 100) + (i % read.X) - plan.Halo.X + 50;
            program.Run(sample, plan);
            var ids = Samples.Write(sample).Labels;
            for (var z = 0; z < 6; z++)
            {
                var shift = ids[z * 64] - ((z * 10000) + 10050);
                moved += shift != 0 ? 1 : 0;
                for (var i = 0; i < 64; i++)
                {
                    if (ids[(z * 64) + i] - shift != (z * 10000) + ((100 + (i / 8)) * 100) + (i % 8) + 50)
                        Assert.Fail($"{number}, {z}, {i}: got {ids[(z * 64) + i]}");
                }
            }
        }

        moved.Should().BeGreaterThan(50);
    }

    private static SampleProgram Program(IReadOnlyList<Transform> transforms) => new(transforms, Shape, NdIndex.Filled(3, 0), Samples.Isotropic, changesValues: true);

    private static (float[] Image, long[] Labels, byte[] Valid, byte[] Known) Run(SampleProgram program, Sample sample, ulong seed, int epoch, long number)
    {
        var plan = new SamplePlan();
        program.Plan(plan, seed, epoch, number);
        Samples.Fill(sample, plan.Shapes[0].ToIndex(), (int)number);
        program.Run(sample, plan);
        return Samples.Write(sample);
    }
}
