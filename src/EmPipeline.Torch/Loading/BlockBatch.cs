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
    private int _disposed;

    internal BlockBatch(
        IReadOnlyDictionary<string, Tensor> tensors, int epoch, IReadOnlyList<int> indices, IReadOnlyList<BlockRef> blocks, Func<LoaderState> state, Action giveBack) =>
        (Tensors, Epoch, Indices, Blocks, _state, _giveBack) = (tensors, epoch, indices, blocks, state, giveBack);

    /// <summary>All tensors of the batch on the CPU, by the keys of <see cref="BlockDataset"/>'s items, an axis for the batch first.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>[batch, 1, z, y, x] on the CPU.</summary>
    public Tensor Data => Tensors["data"];

    /// <summary>[batch, n, z, y, x] of <see cref="BlockOptions.LabelType"/>; -1 where no label is stored. Null without <see cref="BlockOptions.Labels"/>.</summary>
    public Tensor? Labels => Tensors.GetValueOrDefault("labels");

    /// <summary>uint8 [batch, 1 + n, z, y, x], 0 or 1: inside the volume and chosen; then annotated, a label each. Null without <see cref="BlockOptions.Labels"/>.</summary>
    public Tensor? Mask => Tensors.GetValueOrDefault("mask");

    public int Epoch { get; }

    /// <summary>Which of the source's blocks these are, in the batch's order.</summary>
    public IReadOnlyList<int> Indices { get; }

    public IReadOnlyList<BlockRef> Blocks { get; }

    /// <summary>What training goes on from when the step with this batch is done: the next batch is the first that <see cref="BlockLoader.Resume"/> serves.</summary>
    /// <exception cref="Volumes.EmException">The catalogue is of an earlier version, which does not tell its content's hash.</exception>
    public LoaderState State => _state();

    public void Dispose()
    {
        // Twice given back its memory would serve two batches at once.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        foreach (var tensor in Tensors.Values)
            tensor.Dispose();
        _giveBack();
    }
}
