using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>Samples of several queries, every batch within one of their weights.</summary>
internal sealed class MixedSampler(IReadOnlyList<QuerySampler> queries, IReadOnlyList<long> quotas, Mixing mixing, ulong seed, int batchSize) : ISampler
{
    private readonly BatchShares _shares = new(quotas, batchSize);

    public long Count => _shares.Count;

    public ValueTask<SamplePlace> PlaceAsync(int epoch, long sample, CancellationToken cancellation = default) => ValueTask.FromResult(Place(epoch, sample));

    private SamplePlace Place(int epoch, long sample)
    {
        var (part, number) = _shares.At(sample);
        var query = queries[part];
        if (mixing == Mixing.Choose)
            return query.At(SplitMix64.Keyed(seed, (ulong)epoch, ~(ulong)sample).Below(query.Count), epoch, sample);

        // A query goes through its blocks pass by pass, across epochs.
        var (pass, position) = Math.DivRem((epoch * quotas[part]) + number, query.Count);
        return query.Place(checked((int)pass), position);
    }
}
