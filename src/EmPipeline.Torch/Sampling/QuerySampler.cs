namespace EmPipeline.Torch.Sampling;

/// <summary>Every block of a query once an epoch, in the query's order or in one that is new each epoch.</summary>
internal sealed class QuerySampler(QueryBlocks query, BlockOptions options, bool shuffle) : ISampler
{
    public long Count => query.Blocks.Count;

    public ValueTask<SamplePlace> PlaceAsync(int epoch, long sample, CancellationToken cancellation = default) => ValueTask.FromResult(Place(epoch, sample));

    public SamplePlace Place(int epoch, long sample)
    {
        // Queries of a mix have orders of their own: the first block's number tells them apart.
        var number = shuffle ? new Permutation(Count, options.Seed + (ulong)query.First, (ulong)epoch)[sample] : sample;
        return At(number, epoch, query.First + number);
    }

    /// <summary>A place in block <paramref name="number"/> of the query, drawn from <paramref name="epoch"/> and <paramref name="key"/>.</summary>
    public SamplePlace At(long number, int epoch, long key)
    {
        var block = query.Blocks[(int)number];
        var chosen = query.Chosen(block.Volume);
        return new SamplePlace(query.First + (int)number, block, CropPlace.Origin(block.Origin, chosen, options, epoch, key), chosen, epoch, key);
    }
}
