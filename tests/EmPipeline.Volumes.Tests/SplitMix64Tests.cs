namespace EmPipeline.Volumes.Tests;

public sealed class SplitMix64Tests
{
    [Fact]
    public void The_generator_gives_the_published_numbers()
    {
        // From seed 1234567, as given with the algorithm on Rosetta Code.
        var random = new SplitMix64(1234567);
        ulong[] numbers = [random.Next(), random.Next(), random.Next(), random.Next(), random.Next()];
        numbers.Should().Equal(6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821);
    }

    [Fact]
    public void Numbers_below_a_bound_are_spread_evenly()
    {
        var counts = new int[7];
        for (var index = 0; index < 70_000; index++)
        {
            var random = SplitMix64.Keyed(5, 0, (ulong)index);
            counts[random.Below(7)]++;
        }

        counts.Should().OnlyContain(count => count > 9_500 && count < 10_500);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_bound_below_one_is_refused(long bound) =>
        bound.Invoking(wrong => new SplitMix64(1).Below(wrong)).Should().Throw<ArgumentOutOfRangeException>();
}
