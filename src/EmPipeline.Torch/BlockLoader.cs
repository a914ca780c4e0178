using EmPipeline.Torch.Loading;
using EmPipeline.Volumes;

namespace EmPipeline.Torch;

/// <summary>
/// Serves batches of blocks ahead of the training loop: its own threads fill batches whose memory is used again and again, with stored values
/// straight from the reader, with normalised ones by way of a buffer that stays in the cache. Which blocks, which crops and in which order follows from seed and epoch alone, not from the number of workers.
/// Safe for concurrent use; each enumeration has its own threads and memory, (prefetch + 1) × batch × block bytes. Does not own the source.
/// </summary>
public sealed class BlockLoader
{
    private readonly BlockSource _source;
    private readonly BlockLoaderOptions _options;

    /// <param name="source">Outlives the loader's epochs.</param>
    /// <exception cref="EmException">An option is out of range.</exception>
    public BlockLoader(BlockSource source, BlockLoaderOptions? options = null)
    {
        (_source, _options) = (source, options ?? new BlockLoaderOptions());
        RequireAtLeast(1, _options.BatchSize, "batch size");
        RequireAtLeast(1, _options.Workers, "workers");
        RequireAtLeast(1, _options.Prefetch, "prefetch");
    }

    /// <summary>The number of batches in an epoch.</summary>
    public int Count => (_source.Blocks.Count + (_options.DropLast ? 0 : _options.BatchSize - 1)) / _options.BatchSize;

    /// <summary>The batches of one epoch: <see cref="Epochs"/> of one.</summary>
    public IEnumerable<BlockBatch> Epoch(int epoch = 0, CancellationToken cancellation = default) => Epochs(epoch, 1, cancellation);

    /// <summary>
    /// The batches of <paramref name="count"/> epochs, in order and without a pause between epochs. Dispose each when its step is done: the
    /// loader fills the memory again, and with (prefetch + 1) batches in use it waits. Leaving the loop early stops the workers.
    /// </summary>
    /// <exception cref="EmException">A block cannot be read; the message names it. Earlier batches have been served.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public IEnumerable<BlockBatch> Epochs(int first = 0, int count = int.MaxValue, CancellationToken cancellation = default)
    {
        if (Count == 0)
            yield break;
        using var run = new LoaderRun(_source, _options, first, count, cancellation);
        while (run.Next() is { } batch)
            yield return batch;
    }

    private static void RequireAtLeast(int least, int value, string name)
    {
        if (value < least)
            throw new EmException(Fault.Configuration, $"{name}: got {value}, expected at least {least}.");
    }
}
