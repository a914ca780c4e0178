using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>Puts foreground in the place of some samples of another sampler: of the query that the sample would have been of, so its weights stay.</summary>
/// <param name="queries">In the order of the source's blocks.</param>
internal sealed class ForegroundSampler(ISampler rest, IReadOnlyList<QueryForeground> queries, BlockOptions options, int batchSize) : ISampler
{
    private const ulong Salt = 0x64726177;
    private readonly ForegroundShares _shares = new(options.Foreground!, options.Seed);

    public long Count => rest.Count;

    public async ValueTask<SamplePlace> PlaceAsync(int epoch, long sample, CancellationToken cancellation = default)
    {
        var place = await rest.PlaceAsync(epoch, sample, cancellation);
        var (batch, position) = Math.DivRem(sample, batchSize);
        var size = (int)Math.Min(batchSize, Count - (batch * batchSize));
        if (_shares.ClassOf((epoch * ((Count + batchSize - 1) / batchSize)) + batch, (int)position, size) is not { } number)
            return place;
        var query = queries[0];
        for (var i = 1; i < queries.Count && place.Index >= queries[i].First; i++)
            query = queries[i];
        var (voxel, block, chosen) = await query.Classes[number].DrawAsync(SplitMix64.Keyed(options.Seed + Salt, (ulong)epoch, (ulong)sample), cancellation);

        // Numbers below 0 are no other sample's.
        return new SamplePlace(query.IndexOf(block), block, CropPlace.Around(voxel, block.Origin, chosen, chosen.Sample), chosen, epoch, -1 - sample);
    }
}
