namespace EmPipeline.Torch.Sampling;

/// <summary>
/// Deals the samples of an epoch out to parts so that every batch has of each part its share, rounded down or up, and the epoch has its quota
/// exactly. Systematic sampling: the n samples of all whole batches are evenly spaced points 0 … n - 1 on a line on which each part owns
/// an interval; a batch takes every K-th point of the K batches, from a start that jumps about from batch to batch. What is left is the last, smaller batch's.
/// Any sample's part, and its number within it, can be computed alone.
/// </summary>
internal sealed class BatchShares
{
    private readonly long[] _ends;
    private readonly long[] _wholeEnds;
    private readonly long _batchSize;
    private readonly long _batches;
    private readonly long _jump;

    /// <param name="quotas">Samples of each part in an epoch; at least one in all, their sum at most 2·10⁹.</param>
    public BatchShares(IReadOnlyList<long> quotas, long batchSize)
    {
        _ends = new long[quotas.Count];
        for (var part = 0; part < quotas.Count; part++)
            _ends[part] = quotas[part] + (part > 0 ? _ends[part - 1] : 0);
        (Count, _batchSize) = (_ends[^1], batchSize);
        _batches = Count / batchSize;
        var whole = _batches * batchSize;
        _wholeEnds = Array.ConvertAll(_ends, end => ((end * whole) + Count - 1) / Count);

        // Multiples of the golden ratio's fraction fall most evenly.
        _jump = Math.Max(1, (long)(_batches * 0.6180339887498949));
        while (Gcd(_jump, Math.Max(1, _batches)) != 1)
            _jump++;
    }

    /// <summary>The samples of an epoch.</summary>
    public long Count { get; }

    /// <summary>Which part a sample of the epoch is of, and its number there: each number below the part's quota comes once an epoch.</summary>
    public (int Part, long Number) At(long sample)
    {
        var (batch, position) = Math.DivRem(sample, _batchSize);
        if (batch < _batches)
        {
            var point = (position * _batches) + (batch * _jump % _batches);
            var part = First(_wholeEnds, point);
            return (part, point - (part > 0 ? _wholeEnds[part - 1] : 0));
        }

        // The last batch has of each part what the whole ones left.
        for (var part = 0; ; part++)
        {
            var whole = _wholeEnds[part] - (part > 0 ? _wholeEnds[part - 1] : 0);
            var left = _ends[part] - (part > 0 ? _ends[part - 1] : 0) - whole;
            if (position < left)
                return (part, whole + position);
            position -= left;
        }
    }

    private static int First(long[] ends, long point)
    {
        var part = 0;
        while (ends[part] <= point)
            part++;
        return part;
    }

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
