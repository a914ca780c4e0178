namespace EmPipeline.Torch.Sampling;

/// <summary>
/// Which samples of a batch are foreground, and of which class: of each, every batch has its share rounded down or up. Systematic sampling again:
/// the positions of a batch, in an order of their own, are evenly spaced points on a line on which each class owns an interval; the points move
/// on by the golden ratio from batch to batch, so that shares hold over many batches ever better.
/// </summary>
internal sealed class ForegroundShares
{
    private const double One = 1L << 32;
    private const ulong Salt = 0x466F7265;
    private readonly double[] _ends;
    private readonly ulong _seed;

    public ForegroundShares(Foreground foreground, ulong seed)
    {
        _seed = seed + Salt;
        var (sum, before) = (foreground.Classes.Sum(entry => entry.Weight), 0.0);
        _ends = [.. foreground.Classes.Select(entry => foreground.Share * (before += entry.Weight) / sum)];
    }

    /// <summary>The class's number; null where the sample comes from the query.</summary>
    /// <param name="batch">The batch's number, over all epochs.</param>
    /// <param name="size">Its samples.</param>
    public int? ClassOf(long batch, int position, int size)
    {
        var start = (uint)((ulong)batch * 0x9E3779B9);
        var point = (new Permutation(size, _seed, (ulong)batch)[position] << 32) + start;
        for (var i = 0; i < _ends.Length; i++)
        {
            if (point < (long)Math.Round(_ends[i] * size * One))
                return i;
        }

        return null;
    }
}
