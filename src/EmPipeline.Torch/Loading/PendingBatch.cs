using System.Runtime.ExceptionServices;
using EmPipeline.Torch.Items;
using EmPipeline.Torch.Sampling;

namespace EmPipeline.Torch.Loading;

/// <summary>A batch while workers fill it.</summary>
/// <param name="batch">Its number in the epoch.</param>
/// <param name="samples">The numbers of its samples in the epoch, in the batch's order.</param>
internal sealed class PendingBatch(ItemTensors buffer, int epoch, long batch, IReadOnlyList<long> samples) : IDisposable
{
    private readonly ManualResetEventSlim _ready = new(initialState: samples.Count == 0);
    private int _missing = samples.Count;
    private (int Position, Exception Error)? _failure;

    public ItemTensors Buffer { get; } = buffer;

    public int Epoch { get; } = epoch;

    public long Batch { get; } = batch;

    public IReadOnlyList<long> Samples { get; } = samples;

    /// <summary>Where the samples lie; each is set by whoever reads it.</summary>
    public SamplePlace[] Places { get; } = new SamplePlace[samples.Count];

    /// <summary>Called once for each block, by whichever worker read it, or failed to.</summary>
    public void Finish(int position, Exception? error)
    {
        lock (_ready)
        {
            // Of several failures the first in the batch's order is told, whichever worker was faster.
            if (error is not null && (_failure is null || position < _failure.Value.Position))
                _failure = (position, error);
            if (--_missing == 0)
                _ready.Set();
        }
    }

    /// <summary>Waits until every block is there.</summary>
    /// <exception cref="Exception">What went wrong with the first block that failed.</exception>
    public void Wait(CancellationToken cancellation)
    {
        _ready.Wait(cancellation);
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure.Error);
    }

    public void Dispose() => _ready.Dispose();
}
