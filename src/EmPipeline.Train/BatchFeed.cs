using EmPipeline.Torch;
using static TorchSharp.torch;

namespace EmPipeline.Train;

/// <summary>An endless row of batches [batch, 1, z, y, x], epoch after epoch, by either loader.</summary>
internal static class BatchFeed
{
    /// <summary>Each tensor is usable until the next is asked for.</summary>
    public static IEnumerable<Tensor> Run(BlockSource source, TrainOptions options, CancellationToken cancellation) =>
        options.OwnLoader ? Own(source, options, cancellation) : Torch(source, options, cancellation);

    private static IEnumerable<Tensor> Own(BlockSource source, TrainOptions options, CancellationToken cancellation)
    {
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = options.Batch, Workers = options.Workers, DropLast = source.Blocks.Count >= options.Batch });
        foreach (var batch in loader.Epochs(cancellation: cancellation))
        {
            using (batch)
                yield return batch.Data;
        }
    }

    private static IEnumerable<Tensor> Torch(BlockSource source, TrainOptions options, CancellationToken cancellation)
    {
        // The dataset is not disposed here: the source belongs to the caller.
        var dataset = new BlockDataset(source);
        for (var epoch = 0; ; epoch++)
        {
            dataset.Epoch = epoch;
            using var loader = dataset.Batches(
                options.Batch, shuffle: true, seed: options.Seed + epoch, workers: options.Workers, dropLast: source.Blocks.Count >= options.Batch);
            foreach (var batch in loader)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return batch["data"];
            }
        }
    }
}
