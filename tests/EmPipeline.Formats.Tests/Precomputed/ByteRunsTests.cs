using EmPipeline.Formats.Precomputed;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class ByteRunsTests
{
    [Fact]
    public void Touching_and_overlapping_ranges_are_one_read_and_far_ones_are_not()
    {
        var runs = ByteRuns.Plan([(100, 50), (150, 50), (180, 10), (10_000_000, 5)]);
        runs.Should().Equal(new ByteRun(100, 100, 0, 3), new ByteRun(10_000_000, 5, 3, 1));
    }

    [Fact]
    public void Reads_cover_every_range_and_waste_little_whatever_the_gaps()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var ranges = new List<(long Offset, long Length)>();
            var at = 0L;
            for (var i = random.Next(1, 300); i > 0; i--)
            {
                at += random.Next(3) == 0 ? random.Next(1 << random.Next(1, 22)) : 0;
                var length = random.Next(1, 200_000);
                ranges.Add((at, length));
                at += length;
            }

            var runs = ByteRuns.Plan(ranges.ToArray());
            runs.Sum(run => run.Count).Should().Be(ranges.Count);
            runs.Should().OnlyContain(run => ranges.Skip(run.First).Take(run.Count)
                .All(range => range.Offset >= run.Offset && range.Offset + range.Length <= run.Offset + run.Length));
            runs.Should().OnlyContain(run => run.Length <= ByteRuns.MaximumJoined);
            runs.Sum(run => run.Length).Should().BeLessThanOrEqualTo((long)(ranges.Sum(range => range.Length) * 1.04));
        }
    }
}
