using System.Collections.Concurrent;

namespace EmPipeline.Volumes;

/// <summary>Buffers of one size, handed out and taken back; all of them are freed when the pool is disposed. Safe for concurrent use until then.</summary>
public sealed class BufferPool(int length) : IDisposable
{
    private readonly ConcurrentBag<NativeBuffer> _free = [];
    private readonly ConcurrentBag<NativeBuffer> _all = [];

    /// <summary>Bytes of each buffer.</summary>
    public int Length => length;

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
