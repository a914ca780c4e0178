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
        return ClassOf(epoch, sample) is { } number ? await DrawAsync(place, number, epoch, sample, SplitMix64.Keyed(options.Seed + Salt, (ulong)epoch, (ulong)sample), cancellation) : place;
    }

    /// <summary>Another voxel of its class stands in for foreground, and for the rest what its sampler says: so shares stay.</summary>
    public async ValueTask<SamplePlace> StandInAsync(int epoch, long sample, int attempt, int size, CancellationToken cancellation = default)
    {
        if (ClassOf(epoch, sample) is not { } number)
            return await rest.StandInAsync(epoch, sample, attempt, size, cancellation);
        var random = SplitMix64.Keyed(SplitMix64.Keyed(options.Seed + Salt, (ulong)epoch, (ulong)sample).Next(), Salt, (ulong)attempt);
        return await DrawAsync(await rest.PlaceAsync(epoch, sample, cancellation), number, epoch, sample, random, cancellation);
    }

    private int? ClassOf(int epoch, long sample)
    {
        var (batch, position) = Math.DivRem(sample, batchSize);
        var size = (int)Math.Min(batchSize, Count - (batch * batchSize));
        return _shares.ClassOf((epoch * ((Count + batchSize - 1) / batchSize)) + batch, (int)position, size);
    }

    /// <param name="place">The sample in whose place it comes: it is drawn of the same query.</param>
    private async ValueTask<SamplePlace> DrawAsync(SamplePlace place, int number, int epoch, long sample, SplitMix64 random, CancellationToken cancellation)
    {
        var query = queries[0];
        for (var i = 1; i < queries.Count && place.Index >= queries[i].First; i++)
            query = queries[i];
        var (voxel, block, chosen) = await query.Classes[number].DrawAsync(random, cancellation);

        // Numbers below 0 are no other sample's.
        return new SamplePlace(query.IndexOf(block), block, CropPlace.Around(voxel, block.Origin, chosen, chosen.Sample), chosen, epoch, -1 - sample);
    }
}
