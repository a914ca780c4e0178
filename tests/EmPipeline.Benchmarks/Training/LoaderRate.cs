using System.Diagnostics;
using EmPipeline.Torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>How fast a <see cref="BlockLoader"/> serves.</summary>
internal static class LoaderRate
{
    public const int Batch = 8;

    /// <summary>Samples a second of one epoch.</summary>
    public static double Of(BlockSource source, int epoch, Action<BlockBatch>? use = null, int? workers = null)
    {
        var watch = Stopwatch.StartNew();
        var served = 0;
        foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = Batch, Workers = workers ?? Settings.Threads }).Epoch(epoch))
        {
            using (batch)
            {
                served += batch.Indices.Count;
                use?.Invoke(batch);
            }
        }

        return served / watch.Elapsed.TotalSeconds;
    }
}
