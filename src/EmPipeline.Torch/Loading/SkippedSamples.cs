using EmPipeline.Torch.Runtime;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Loading;

/// <summary>Counts the samples that others stand in for. Safe for concurrent use.</summary>
internal sealed class SkippedSamples
{
    private const int Named = 8;
    private readonly Lock _lock = new();
    private readonly List<EmException> _first = [];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Why the first few could not be read.</summary>
    public IReadOnlyList<EmException> First
    {
        get
        {
            lock (_lock)
                return [.. _first];
        }
    }

    public void Add(EmException error)
    {
        Interlocked.Increment(ref _count);
        LoaderMeter.CountSkipped();
        lock (_lock)
        {
            if (_first.Count < Named)
                _first.Add(error);
        }
    }
}
