using EmPipeline.Catalog;
using static TorchSharp.torch;

namespace EmPipeline.Torch;

/// <summary>
/// One batch. Dispose it when the step is done: its memory is then used for a later batch, so nothing that shares it (a view, a tensor that
/// the gradient still needs) may be used afterwards; what must live longer is cloned.
/// </summary>
public sealed class BlockBatch : IDisposable
{
    private readonly Action _giveBack;
    private readonly Func<LoaderState> _state;
    private bool _disposed;

    internal BlockBatch(Tensor data, int epoch, IReadOnlyList<int> indices, IReadOnlyList<BlockRef> blocks, Func<LoaderState> state, Action giveBack) =>
        (Data, Epoch, Indices, Blocks, _state, _giveBack) = (data, epoch, indices, blocks, state, giveBack);

    /// <summary>[batch, 1, z, y, x] on the CPU.</summary>
    public Tensor Data { get; }

    public int Epoch { get; }

    /// <summary>Which of the source's blocks these are, in the batch's order.</summary>
    public IReadOnlyList<int> Indices { get; }

    public IReadOnlyList<BlockRef> Blocks { get; }

    /// <summary>What training goes on from when the step with this batch is done: the next batch is the first that <see cref="BlockLoader.Resume"/> serves.</summary>
    /// <exception cref="Volumes.EmException">The catalogue is of an earlier version, which does not tell its content's hash.</exception>
    public LoaderState State => _state();

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Data.Dispose();
        _giveBack();
    }
}
