using CsCheck;
using EmPipeline.Torch.Sampling;

namespace EmPipeline.Torch.Tests.Sampling;

public sealed class PermutationTests
{
    [Fact]
    public void An_order_stays_the_same_for_ever() => Order(10, 42, 3).Should().Equal(0, 8, 4, 2, 7, 1, 9, 3, 5, 6);

    [Fact]
    public void Every_order_is_a_permutation() => Gen.Select(Gen.Int[0, 600], Gen.ULong, Gen.ULong).Sample(
        (count, seed, epoch) => Order(count, seed, epoch).Order().SequenceEqual(Enumerable.Range(0, count).Select(i => (long)i)), iter: 300);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    public void Each_element_is_as_likely_at_each_position(int count)
    {
        const int Orders = 20_000;
        var seen = new int[count, count];
        for (var epoch = 0; epoch < Orders; epoch++)
        {
            var order = Order(count, 7, (ulong)epoch);
            for (var position = 0; position < count; position++)
                seen[position, order[position]]++;
        }

        // Chi-square of each position: beyond mean + 6 deviations once in 10⁸ or so.
        var expected = (double)Orders / count;
        for (var position = 0; position < count; position++)
            Enumerable.Range(0, count).Sum(element => Math.Pow(seen[position, element] - expected, 2) / expected).Should().BeLessThan(count - 1 + (6 * Math.Sqrt(2 * count)) + 12);
    }

    [Fact]
    public void Neighbours_in_the_query_are_not_neighbours_in_the_order()
    {
        var order = Order(100_000, 1, 1);
        order.Zip(order.Skip(1)).Count(pair => Math.Abs(pair.First - pair.Second) == 1).Should().BeLessThan(20, "two are expected");
    }

    [Fact]
    public void An_element_of_ten_thousand_million_is_had_alone()
    {
        var order = new Permutation(10_000_000_000, 1, 2);
        Enumerable.Range(0, 100).Select(i => order[(long)i * 99_999_999]).Should().OnlyHaveUniqueItems().And.OnlyContain(element => element >= 0 && element < order.Count);
    }

    private static long[] Order(int count, ulong seed, ulong epoch)
    {
        var order = new Permutation(count, seed, epoch);
        return [.. Enumerable.Range(0, count).Select(position => order[position])];
    }
}
