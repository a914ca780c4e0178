using System.Buffers;

namespace EmPipeline.Storage;

/// <summary>
/// A store over a network as a training program reads it: so many requests at a time, parts of objects kept in pages, each object held to its version.
/// Owns that store. Does not list: whoever opens a volume follows its metadata.
/// </summary>
internal sealed class RemoteStore(IStore store, RemoteTraffic traffic) : IVersionedStore, IStreamStore
{
    public string Locate(string key) => store.Locate(key);

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) =>
        traffic.AskAsync(() => store.FindAsync(key, cancellation), cancellation);

    public async ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        var there = await traffic.AskAsync(() => store.ReadAsync(key, offset, buffer, cancellation), cancellation);
        traffic.CountFetched(there ? buffer.Length : 0);
        return there;
    }

    public async ValueTask ReadAsync(StoredObject version, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        if (offset + buffer.Length > version.Length)
            throw new EndOfStreamException($"{Locate(version.Key)}: got an object of {version.Length} bytes, expected {offset + buffer.Length} or more.");

        // Pages of an object without a version might be of different ones.
        if (traffic.Pages is not { } cache || version.ETag is null || buffer.Length == 0)
        {
            await FetchAsync(version, offset, buffer, cancellation);
            return;
        }

        var pages = cache.Of(Locate(version.Key), version);
        var (missing, cached) = pages.Read(offset, buffer.Span);
        traffic.CountCached(cached);
        if (missing is not { } range)
            return;
        var length = checked((int)(range.End - range.Start));
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var fetched = rented.AsMemory(0, length);
            await FetchAsync(version, range.Start, fetched, cancellation);
            var (from, to) = (Math.Max(offset, range.Start), Math.Min(offset + buffer.Length, range.End));
            fetched.Slice((int)(from - range.Start), (int)(to - from)).CopyTo(buffer[(int)(from - offset)..]);
            pages.Keep(range.Start, fetched.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) =>
        throw new NotSupportedException($"{Locate(prefix)}: is not listed here.");

    public ValueTask DisposeAsync() => store.DisposeAsync();

    ValueTask<ObjectPart?> IStreamStore.OpenAsync(string key, long offset, long? length, string? ifMatch, CancellationToken cancellation) =>
        traffic.AskAsync(() => StoreStreams.OpenAsync(store, key, offset, length, ifMatch, cancellation), cancellation);

    ValueTask<byte[]?> IStreamStore.ReadAllAsync(string key, long maximum, CancellationToken cancellation) =>
        traffic.AskAsync(() => store.ReadAllAsync(key, maximum, cancellation), cancellation);

    ValueTask<bool> IStreamStore.ReadAsync(string key, long offset, Memory<byte> buffer, string? ifMatch, CancellationToken cancellation) =>
        traffic.AskAsync(() => StoreStreams.ReadAsync(store, key, offset, buffer, ifMatch, cancellation), cancellation);

    private async ValueTask FetchAsync(StoredObject version, long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            if (!await ((IStreamStore)this).ReadAsync(version.Key, offset, buffer, version.ETag, cancellation))
                throw new StorageException(Locate(version.Key), "got no such object, expected the one that was there before. Open the data again.", fault: StorageFault.Absent);
        }
        catch (ObjectChangedException)
        {
            throw new StorageException(
                Locate(version.Key), $"got another version than the one that was there before ({version.ETag}), expected data that stays while it is read. Open the data again.", fault: StorageFault.Content);
        }

        traffic.CountFetched(buffer.Length);
    }
}
