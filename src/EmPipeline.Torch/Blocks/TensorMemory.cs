using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Blocks;

/// <summary>A contiguous CPU tensor's own memory, so that readers decode straight into it. Does not own the tensor, but keeps it reachable.</summary>
internal sealed unsafe class TensorMemory : MemoryManager<byte>
{
    private readonly Tensor _tensor;
    private readonly byte* _start;
    private readonly int _length;

    public TensorMemory(Tensor tensor)
    {
        // Native memory: it does not move.
        var bytes = tensor.bytes;
        _tensor = tensor;
        _start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        _length = bytes.Length;
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex, default, this);

    public override void Unpin() => GC.KeepAlive(_tensor);

    protected override void Dispose(bool disposing)
    {
    }
}
