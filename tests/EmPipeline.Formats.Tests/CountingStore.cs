using EmPipeline.Storage;

namespace EmPipeline.Formats.Tests;

/// <summary>A store that counts what is read through it.</summary>
internal sealed class CountingStore(IStore inner) : IStore
{
    private long _bytes;
    private long _reads;

    public long BytesRead => Interlocked.Read(ref _bytes);

    public long Bytes => BytesRead;

    public long Reads => Interlocked.Read(ref _reads);

    public void Reset() => (_bytes, _reads) = (0, 0);

    public string Locate(string key) => inner.Locate(key);

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) => inner.FindAsync(key, cancellation);

    public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        Interlocked.Add(ref _bytes, buffer.Length);
        Interlocked.Increment(ref _reads);
        return inner.ReadAsync(key, offset, buffer, cancellation);
    }

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
