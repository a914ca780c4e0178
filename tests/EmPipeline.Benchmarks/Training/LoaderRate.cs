using System.Diagnostics;
using EmPipeline.Torch;

namespace EmPipeline.Benchmarks.Training;

/// <summary>How fast a <see cref="BlockLoader"/> serves.</summary>
internal static class LoaderRate
{
    public const int Batch = 8;

    /// <summary>Samples a second of an epoch in the midst of a training: another before it, the next one read ahead.</summary>
    public static double Of(BlockSource source, int epoch, int? workers = null)
    {
        var loader = Loader(source, workers);
        var (watch, batches, served) = (new Stopwatch(), 0, 0);
        foreach (var batch in loader.Epochs(epoch, 3))
        {
            using (batch)
                served += batches < loader.Count ? 0 : batch.Indices.Count;
            batches++;
            if (batches == loader.Count)
                watch.Start();
            if (batches == 2 * loader.Count)
                break;
        }

        return served / watch.Elapsed.TotalSeconds;
    }

    /// <summary>Serves one epoch.</summary>
    public static void Each(BlockSource source, int epoch, Action<BlockBatch> use)
    {
        foreach (var batch in Loader(source).Epoch(epoch))
        {
            using (batch)
                use(batch);
        }
    }

    private static BlockLoader Loader(BlockSource source, int? workers = null) => new(source, new BlockLoaderOptions { BatchSize = Batch, Workers = workers ?? Settings.Threads });
}
