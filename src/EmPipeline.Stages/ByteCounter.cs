namespace EmPipeline.Stages;

/// <summary>Adds up bytes from many threads and reports the sum.</summary>
internal sealed class ByteCounter(IProgress<StageProgress> progress, long total) : IProgress<long>
{
    private long _done;

    public void Report(long value) => progress.Report(new StageProgress(Interlocked.Add(ref _done, value), total));
}
