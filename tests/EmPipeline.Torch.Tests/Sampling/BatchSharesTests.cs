using CsCheck;
using EmPipeline.Torch.Sampling;

namespace EmPipeline.Torch.Tests.Sampling;

public sealed class BatchSharesTests
{
    private static readonly Gen<(int[] Quotas, int Batch)> Cases =
        Gen.Select(Gen.Int[0, 300].Array[1, 6], Gen.Int[1, 40]).Where((quotas, _) => quotas.Sum() > 0);

    [Fact]
    public void Every_batch_is_within_one_sample_of_the_shares() => Cases.Sample(
        (quotas, size) =>
        {
            var shares = new BatchShares([.. quotas.Select(quota => (long)quota)], size);
            return Enumerable.Range(0, (int)shares.Count).Chunk(size).All(batch => IsNear(shares, quotas, batch));
        }, iter: 300);

    [Fact]
    public void A_rank_s_slice_is_within_one_sample_of_the_shares_where_ranks_divide_the_batch() => Gen.Select(Gen.Int[1, 300].Array[2, 4], Gen.Int[1, 8], Gen.Int[1, 6]).Sample(
        (quotas, ranks, slice) =>
        {
            var shares = new BatchShares([.. quotas.Select(quota => (long)quota)], ranks * slice);
            return Enumerable.Range(0, (int)shares.Count).Chunk(ranks * slice).Where(batch => batch.Length == ranks * slice)
                .All(batch => Enumerable.Range(0, ranks).All(rank => IsNear(shares, quotas, [.. batch.Where((_, position) => position % ranks == rank)])));
        }, iter: 200);

    [Fact]
    public void Every_number_of_every_part_comes_once_an_epoch() => Cases.Sample(
        (quotas, size) =>
        {
            var shares = new BatchShares([.. quotas.Select(quota => (long)quota)], size);
            var seen = Enumerable.Range(0, (int)shares.Count).Select(sample => shares.At(sample)).ToHashSet();
            return seen.SetEquals(quotas.SelectMany((quota, part) => Enumerable.Range(0, quota).Select(number => (part, (long)number))));
        }, iter: 300);

    [Fact]
    public void Quotas_follow_the_mixing() => Gen.Select(Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Int[1, 5000], Gen.Double[0.05, 1].Array[3]).Sample(
        (a, b, c, weights) =>
        {
            long[] sizes = [a, b, c];
            Quotas.Of(sizes, null, Mixing.Proportion).Should().Equal(sizes);
            var proportion = Quotas.Of(sizes, weights, Mixing.Proportion);
            var repeat = Quotas.Of(sizes, weights, Mixing.Repeat);
            proportion.Zip(sizes).Should().OnlyContain(query => query.First <= query.Second, "no block comes twice");
            repeat.Zip(sizes).Should().OnlyContain(query => query.First >= query.Second, "every block comes");
            Quotas.Of(sizes, weights, Mixing.Choose).Sum().Should().Be(sizes.Sum());
            foreach (var quotas in new[] { proportion, repeat, Quotas.Of(sizes, weights, Mixing.Choose) })
            {
                for (var query = 0; query < 3; query++)
                    Math.Abs(quotas[query] - (quotas.Sum() * weights[query] / weights.Sum())).Should().BeLessThan(1 + 1e-5);
            }
        }, iter: 500);

    private static bool IsNear(BatchShares shares, int[] quotas, int[] samples)
    {
        var counts = new int[quotas.Length];
        foreach (var sample in samples)
            counts[shares.At(sample).Part]++;
        return counts.Zip(quotas).All(part => Math.Abs(part.First - ((double)samples.Length * part.Second / shares.Count)) < 1);
    }
}
