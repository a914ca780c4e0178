namespace EmPipeline.Storage;

/// <summary>A store that does not list, so that whoever opens a volume follows its metadata instead of walking through all its objects. Does not own that store.</summary>
public sealed class UnlistedStore(IStore store) : IStreamStore
{
    public string Locate(string key) => store.Locate(key);

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) => store.FindAsync(key, cancellation);

    public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default) =>
        store.ReadAsync(key, offset, buffer, cancellation);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) =>
        throw new NotSupportedException($"{Locate(prefix)}: is not listed here.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    ValueTask<ObjectPart?> IStreamStore.OpenAsync(string key, long offset, long? length, string? ifMatch, CancellationToken cancellation) =>
        StoreStreams.OpenAsync(store, key, offset, length, ifMatch, cancellation);

    ValueTask<bool> IStreamStore.ReadAsync(string key, long offset, Memory<byte> buffer, string? ifMatch, CancellationToken cancellation) =>
        StoreStreams.ReadAsync(store, key, offset, buffer, ifMatch, cancellation);

    ValueTask<byte[]?> IStreamStore.ReadAllAsync(string key, long maximum, CancellationToken cancellation) => store.ReadAllAsync(key, maximum, cancellation);
}
