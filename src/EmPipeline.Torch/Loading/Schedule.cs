namespace EmPipeline.Torch.Loading;

/// <summary>
/// Which samples of an epoch make up which batch. Batch b of all ranks together is samples b·size … (b + 1)·size - 1; rank r of w takes every
/// w-th of them, from the r-th on. So the batches are the same for every number of ranks, and slices differ by at most one sample.
/// </summary>
internal sealed class Schedule(long samples, BlockLoaderOptions options)
{
    /// <summary>Batches of an epoch.</summary>
    public long Batches { get; } = (samples + (options.DropLast ? 0 : options.BatchSize - 1)) / options.BatchSize;

    /// <summary>The most samples of one batch that come to this rank.</summary>
    public int MostSamples { get; } = (options.BatchSize + options.WorldSize - 1 - options.Rank) / options.WorldSize;

    /// <summary>This rank's samples of a batch. None where the last batch has fewer samples than there are ranks.</summary>
    public long[] Samples(long batch)
    {
        var first = batch * options.BatchSize;
        var count = Math.Min(options.BatchSize, samples - first);
        var own = new long[Math.Max(0, (count + options.WorldSize - 1 - options.Rank) / options.WorldSize)];
        for (var i = 0; i < own.Length; i++)
            own[i] = first + options.Rank + ((long)i * options.WorldSize);
        return own;
    }

    /// <summary>How far training is when a batch is done.</summary>
    public LoaderState After(LoaderState start, int epoch, long batch) => batch + 1 < Batches
        ? start with { Epoch = epoch, Samples = (batch + 1) * options.BatchSize }
        : start with { Epoch = epoch + 1, Samples = 0 };
}
