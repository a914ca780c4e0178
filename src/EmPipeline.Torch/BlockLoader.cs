using EmPipeline.Torch.Loading;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// Serves batches of blocks ahead of the training loop: its own threads fill batches whose memory is used again and again, with stored values
/// straight from the reader, with normalised ones by way of a buffer that stays in the cache. Which blocks, which crops and in which order
/// follows from seed and epoch alone, not from the number of workers, ranks or interruptions.
/// Safe for concurrent use; each enumeration has its own threads and memory, (prefetch + 1) × batch × block bytes. Does not own the source.
/// </summary>
public sealed class BlockLoader
{
    private readonly BlockSource _source;
    private readonly BlockLoaderOptions _options;
    private readonly SampleReader _samples;
    private readonly Schedule _schedule;
    private readonly SkippedSamples _skipped = new();

    /// <param name="source">Outlives the loader's epochs.</param>
    /// <exception cref="EmException">An option is out of range.</exception>
    public BlockLoader(BlockSource source, BlockLoaderOptions? options = null)
    {
        (_source, _options) = (source, options ?? new BlockLoaderOptions());
        RequireAtLeast(1, _options.BatchSize, "batch size");
        RequireAtLeast(1, _options.Workers, "workers");
        RequireAtLeast(1, _options.Prefetch, "prefetch");
        RequireAtLeast(1, _options.WorldSize, "world size");
        RequireAtLeast(0, _options.Rank, "rank");
        if (_options.Rank >= _options.WorldSize)
            throw new EmException(Fault.Configuration, $"rank: got {_options.Rank}, expected less than the world size, {_options.WorldSize}.");
        if (_options.BatchSize < _options.WorldSize)
            throw new EmException(Fault.Configuration, $"batch size: got {_options.BatchSize}, expected at least one sample for each of {_options.WorldSize} ranks: it is that of all ranks together.");
        var sampler = source.Sampler(_options.Shuffle, _options.BatchSize);
        _schedule = new Schedule(sampler.Count, _options);
        source.Layout.RequireBatch(_schedule.MostSamples);
        _samples = new SampleReader(source, sampler, _options, _skipped);
    }

    /// <summary>How long no batch may be given back, of those that are all in use, before that is taken for a mistake.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The number of batches in an epoch; the same on every rank.</summary>
    public int Count => checked((int)_schedule.Batches);

    /// <summary>
    /// Samples so far, of this rank, that could not be read and that others stand in for: see <see cref="UnreadablePolicy.Skip"/>. Counted when they are
    /// read, which is ahead of the batch in use.
    /// </summary>
    public long Skipped => _skipped.Count;

    /// <summary>Why the first eight of <see cref="Skipped"/> could not be read; each names its block.</summary>
    public IReadOnlyList<EmException> SkippedErrors => _skipped.First;

    /// <summary>The state before the first batch of an epoch; after a batch see <see cref="BlockBatch.State"/>.</summary>
    /// <exception cref="EmException">The catalogue is of an earlier version, which does not tell its content's hash.</exception>
    public LoaderState Start(int epoch = 0) => _source.State(_options) with { Epoch = epoch };

    /// <summary>The batches of one epoch: <see cref="Epochs"/> of one.</summary>
    public IEnumerable<BlockBatch> Epoch(int epoch = 0, CancellationToken cancellation = default) => Epochs(epoch, 1, cancellation);

    /// <summary>
    /// The batches of <paramref name="count"/> epochs, in order and without a pause between epochs. Dispose each when its step is done: the
    /// loader fills the memory again, and with (prefetch + 1) batches in use it waits; for two minutes at most where none was ever disposed. Leaving the loop early stops the workers.
    /// </summary>
    /// <exception cref="EmException">A block cannot be read, and nothing may or can stand in for it; the message names it. Earlier batches have been served. Or no batch is disposed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public IEnumerable<BlockBatch> Epochs(int first = 0, int count = int.MaxValue, CancellationToken cancellation = default) => Run(first, 0, count, cancellation);

    /// <summary>
    /// As <see cref="Epochs"/>, from where <paramref name="state"/> was taken: the next batch is the one that would have come, without a read of
    /// those before it. <paramref name="count"/> epochs, the one that was begun among them. Workers, prefetch, rank and world size may be others.
    /// </summary>
    /// <exception cref="EmException">The state is of another catalogue, query, seed or other options.</exception>
    public IEnumerable<BlockBatch> Resume(LoaderState state, int count = int.MaxValue, CancellationToken cancellation = default)
    {
        state.Check(Start());
        if (state.Samples % _options.BatchSize != 0 || state.Samples > (long)Count * _options.BatchSize)
            throw new EmException(Fault.Corrupt, $"loader state: got {state.Samples} samples done, expected whole batches of {_options.BatchSize} within an epoch of {Count}. Take an earlier checkpoint.");
        return Run(state.Epoch, state.Samples / _options.BatchSize, count, cancellation);
    }

    private IEnumerable<BlockBatch> Run(int epoch, long batch, int epochs, CancellationToken cancellation)
    {
        if (Count == 0)
            yield break;
        using var run = new LoaderRun(_source, _samples, _options, _schedule, Patience, cancellation);
        run.Start(epoch, batch, epochs);
        while (run.Next() is { } served)
            yield return served;
    }

    private static void RequireAtLeast(int least, int value, string name)
    {
        if (value < least)
            throw new EmException(Fault.Configuration, $"{name}: got {value}, expected at least {least}.");
    }
}
