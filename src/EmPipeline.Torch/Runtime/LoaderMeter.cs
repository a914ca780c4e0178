using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace EmPipeline.Torch.Runtime;

/// <summary>The built-in figures of this library, for whoever listens: see docs/training.md. Nothing is measured while nobody does.</summary>
internal static class LoaderMeter
{
    public const string Name = "EmPipeline.Torch";

    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Waited = Meter.CreateHistogram<double>("empipeline.torch.batch.wait", "s", "How long the training loop waited for a batch");
    private static readonly Histogram<double> Used = Meter.CreateHistogram<double>("empipeline.torch.batch.use", "s", "How long the training loop was at work between two batches");
    private static readonly Counter<long> Blocks = Meter.CreateCounter<long>("empipeline.torch.blocks", "{block}", "Blocks that were read");
    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("empipeline.torch.block.bytes", "By", "Bytes of tensors that they filled");

    private static readonly Counter<long> Skipped = Meter.CreateCounter<long>("empipeline.torch.blocks.skipped", "{block}", "Blocks that could not be read and that others stand in for");

    public static void CountSkipped() => Skipped.Add(1);

    public static void CountBlock(int bytes)
    {
        Blocks.Add(1);
        Bytes.Add(bytes);
    }

    /// <summary>Now, to measure from; 0 while nobody listens.</summary>
    public static long Now() => Waited.Enabled || Used.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <param name="since">What <see cref="Now"/> gave; 0 is not measured.</param>
    public static void CountWait(long since) => Record(Waited, since);

    /// <inheritdoc cref="CountWait"/>
    public static void CountUse(long since) => Record(Used, since);

    private static void Record(Histogram<double> histogram, long since)
    {
        if (since != 0)
            histogram.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);
    }
}
