using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes;

/// <summary>
/// Memory outside the collector's heap: large buffers there would stay until a full collection, round after round. Owned by who made it;
/// spans of it are not valid after it was disposed. Content is undefined at first.
/// </summary>
public sealed unsafe class NativeBuffer : MemoryManager<byte>
{
    private const int PageLength = 4096;
    private readonly int _length;
    private byte* _start;

    public NativeBuffer(int length)
    {
        _length = length;
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, length), PageLength);
    }

    public int Length => _length;

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new(_start, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }
}

/// <summary>Buffers of one size, handed out and taken back; all of them are freed when the pool is disposed. Safe for concurrent use until then.</summary>
public sealed class BufferPool(int length) : IDisposable
{
    private readonly ConcurrentBag<NativeBuffer> _free = [];
    private readonly ConcurrentBag<NativeBuffer> _all = [];

    /// <summary>A buffer of the pool's size; content undefined.</summary>
    public NativeBuffer Rent()
    {
        if (_free.TryTake(out var buffer))
            return buffer;
        buffer = new NativeBuffer(length);
        _all.Add(buffer);
        return buffer;
    }

    /// <param name="buffer">From this pool, and not used any more.</param>
    public void Return(NativeBuffer buffer) => _free.Add(buffer);

    public void Dispose()
    {
        foreach (IDisposable buffer in _all)
            buffer.Dispose();
    }
}
