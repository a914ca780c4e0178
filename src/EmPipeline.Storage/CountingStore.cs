using System.Runtime.CompilerServices;

namespace EmPipeline.Storage;

/// <summary>Counts what is asked of another store, to show how many bytes an operation touches. Does not own that store.</summary>
public sealed class CountingStore(IStore store) : IStreamStore
{
    private long _reads;
    private long _finds;
    private long _lists;
    private long _bytes;

    /// <summary>Reads of a range or of a whole object.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    public long Finds => Interlocked.Read(ref _finds);

    public long Lists => Interlocked.Read(ref _lists);

    /// <summary>Bytes of objects handed over.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public void Reset()
    {
        Interlocked.Exchange(ref _reads, 0);
        Interlocked.Exchange(ref _finds, 0);
        Interlocked.Exchange(ref _lists, 0);
        Interlocked.Exchange(ref _bytes, 0);
    }

    HostLoad? IStreamStore.Load => (store as IStreamStore)?.Load;

    public string Locate(string key) => store.Locate(key);

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default)
    {
        Interlocked.Increment(ref _finds);
        return store.FindAsync(key, cancellation);
    }

    public async ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        Interlocked.Increment(ref _reads);
        var there = await store.ReadAsync(key, offset, buffer, cancellation);
        if (there)
            Interlocked.Add(ref _bytes, buffer.Length);
        return there;
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Interlocked.Increment(ref _lists);
        await foreach (var found in store.ListAsync(prefix, cancellation))
            yield return found;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async ValueTask<ObjectPart?> IStreamStore.OpenAsync(string key, long offset, long? length, string? ifMatch, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _reads);
        var part = await StoreStreams.OpenAsync(store, key, offset, length, ifMatch, cancellation);
        if (part is not null)
            part.Closed += () => Interlocked.Add(ref _bytes, part.Done);
        return part;
    }

    async ValueTask<bool> IStreamStore.ReadAsync(string key, long offset, Memory<byte> buffer, string? ifMatch, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _reads);
        var there = await StoreStreams.ReadAsync(store, key, offset, buffer, ifMatch, cancellation);
        Interlocked.Add(ref _bytes, there ? buffer.Length : 0);
        return there;
    }

    async ValueTask<byte[]?> IStreamStore.ReadAllAsync(string key, long maximum, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _reads);
        var bytes = await store.ReadAllAsync(key, maximum, cancellation);
        Interlocked.Add(ref _bytes, bytes?.Length ?? 0);
        return bytes;
    }
}
