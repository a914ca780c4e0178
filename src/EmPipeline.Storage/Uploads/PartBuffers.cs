using System.Collections.Concurrent;

namespace EmPipeline.Storage;

/// <summary>As many buffers as there are connections: who has one may send.</summary>
internal sealed class PartBuffers(int count)
{
    private readonly SemaphoreSlim _free = new(count);
    private readonly ConcurrentBag<byte[]> _unused = [];

    public async ValueTask<Rented> RentAsync(int length, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation);
        if (!_unused.TryTake(out var array) || array.Length < length)
            array = GC.AllocateUninitializedArray<byte>(length);
        return new Rented(this, array, length);
    }

    public sealed class Rented(PartBuffers owner, byte[] array, int length) : IDisposable
    {
        private int _returned;

        public Memory<byte> Bytes => array.AsMemory(0, length);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) != 0)
                return;
            owner._unused.Add(array);
            owner._free.Release();
        }
    }
}
