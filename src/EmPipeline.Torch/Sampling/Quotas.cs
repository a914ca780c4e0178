using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>How many samples of an epoch each query gives.</summary>
internal static class Quotas
{
    /// <summary>
    /// Whole numbers as near to the weights as can be: each less than one from its share of their sum, and within what the mixing promises.
    /// </summary>
    /// <param name="sizes">The queries' numbers of blocks, each at least 1.</param>
    /// <param name="weights">Above 0; null where the sizes are the weights.</param>
    public static long[] Of(IReadOnlyList<long> sizes, IReadOnlyList<double>? weights, Mixing mixing)
    {
        if (weights is null)
            return [.. sizes];
        var shares = weights.Select(weight => weight / weights.Sum()).ToArray();
        var samples = mixing switch
        {
            Mixing.Proportion => (long)Math.Max(1, sizes.Zip(shares).Min(query => Math.Floor((query.First / query.Second) + Rounding))),
            Mixing.Repeat => checked((long)sizes.Zip(shares).Max(query => Math.Ceiling((query.First / query.Second) - Rounding))),
            _ => sizes.Sum(),
        };
        if (samples > MostSamples)
            throw new EmException(Fault.Configuration, $"weights: got an epoch of {samples} samples, expected at most {MostSamples}. Choose weights that differ less, or {Mixing.Proportion}.");
        return Rounded(shares, samples);
    }

    private const double Rounding = 1e-6;
    private const long MostSamples = 2_000_000_000;

    /// <summary>Largest remainders (Hamilton): the sum is kept, and each number is its share rounded down or up.</summary>
    private static long[] Rounded(double[] shares, long samples)
    {
        var quotas = Array.ConvertAll(shares, share => (long)Math.Floor((share * samples) + Rounding));
        var rest = samples - quotas.Sum();
        foreach (var query in Enumerable.Range(0, shares.Length).OrderByDescending(query => (shares[query] * samples) - quotas[query]).ThenBy(query => query).Take((int)rest))
            quotas[query]++;
        return quotas;
    }
}
