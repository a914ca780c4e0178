namespace EmPipeline.Torch.Sampling;

/// <summary>Every block of a query once an epoch, in the query's order or in one that is new each epoch.</summary>
internal sealed class QuerySampler(QueryBlocks query, BlockOptions options, bool shuffle) : ISampler
{
    public long Count => query.Blocks.Count;

    public ValueTask<SamplePlace> PlaceAsync(int epoch, long sample, CancellationToken cancellation = default) => ValueTask.FromResult(Place(epoch, sample));

    public SamplePlace Place(int epoch, long sample)
    {
        var number = (int)(shuffle ? new Permutation(Count, options.Seed, (ulong)epoch)[sample] : sample);
        var block = query.Blocks[number];
        var chosen = query.Chosen(block.Volume);
        var index = query.First + number;
        return new SamplePlace(index, block, CropPlace.Origin(block.Origin, chosen, options, epoch, index), chosen, epoch, index);
    }
}
