namespace EmPipeline.Torch.Sampling;

/// <summary>
/// Which place sample number n of an epoch is: a pure function of seed, epoch and n, so that any sample can be had alone, by any thread, rank
/// or run. Safe for concurrent use.
/// </summary>
internal interface ISampler
{
    /// <summary>The samples of an epoch.</summary>
    long Count { get; }

    /// <param name="epoch">At least 0.</param>
    /// <param name="sample">0 … <see cref="Count"/> - 1.</param>
    /// <exception cref="Volumes.EmException">What the place is drawn from cannot be read.</exception>
    ValueTask<SamplePlace> PlaceAsync(int epoch, long sample, CancellationToken cancellation = default);

    /// <summary>Which place is tried instead of a sample that cannot be read: a pure function of seed, epoch, sample and attempt.</summary>
    /// <param name="attempt">From 1 to <see cref="Count"/> - 1.</param>
    /// <exception cref="Volumes.EmException">As above.</exception>
    ValueTask<SamplePlace> StandInAsync(int epoch, long sample, int attempt, int batchSize, CancellationToken cancellation = default) =>
        PlaceAsync(epoch, StandIns.Of(sample, attempt, batchSize, Count), cancellation);
}
