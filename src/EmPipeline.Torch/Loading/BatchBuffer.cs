using EmPipeline.Torch.Blocks;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Loading;

/// <summary>The memory of one batch, used again and again. Never seen by the user: a batch gets an alias of it.</summary>
internal sealed class BatchBuffer : IDisposable
{
    private readonly Tensor _tensor;
    private readonly Memory<byte> _memory;
    private readonly int _bytesPerBlock;

    public BatchBuffer(BlockSource source, int batchSize)
    {
        var shape = source.Options.Shape;

        // Detached from any scope that the user's thread has open: the buffer lives as long as its epoch.
        _tensor = TensorPool.Empty([batchSize, 1, shape[0], shape[1], shape[2]], source.Type).DetachFromDisposeScope();
        (_memory, _bytesPerBlock) = (new TensorMemory(_tensor).Memory, source.BytesPerBlock);
    }

    public Memory<byte> Slot(int position) => _memory.Slice(position * _bytesPerBlock, _bytesPerBlock);

    public Tensor First(int count) => _tensor.narrow(0, 0, count);

    public void Dispose() => _tensor.Dispose();
}
