using EmPipeline.Storage;

namespace EmPipeline.Benchmarks;

/// <summary>Counts the bytes read from another store.</summary>
internal sealed class CountingStore(IStore inner) : IStore
{
    private long _bytesRead;

    public long BytesRead => _bytesRead;

    public void Reset() => _bytesRead = 0;

    public string Locate(string key) => inner.Locate(key);

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) => inner.FindAsync(key, cancellation);

    public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        Interlocked.Add(ref _bytesRead, buffer.Length);
        return inner.ReadAsync(key, offset, buffer, cancellation);
    }

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
