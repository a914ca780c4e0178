namespace EmPipeline.Storage;

/// <summary>Opens any store as a stream: by its own means where it has them, else by reading it range by range.</summary>
internal static class StoreStreams
{
    public static ValueTask<ObjectPart?> OpenAsync(
        IStore store, string key, long offset, long? length, string? ifMatch, CancellationToken cancellation) =>
        store is IStreamStore streams
            ? streams.OpenAsync(key, offset, length, ifMatch, cancellation)
            : ReadThroughAsync(store, key, offset, length, ifMatch, cancellation);

    public static async ValueTask<bool> ReadAsync(IStore store, string key, long offset, Memory<byte> buffer, string? ifMatch, CancellationToken cancellation)
    {
        if (store is IStreamStore streams)
            return await streams.ReadAsync(key, offset, buffer, ifMatch, cancellation);
        if (ifMatch is not null && await store.FindAsync(key, cancellation) is { } found && found.ETag != ifMatch)
            throw new ObjectChangedException(store.Locate(key));
        return await store.ReadAsync(key, offset, buffer, cancellation);
    }

    private static async ValueTask<ObjectPart?> ReadThroughAsync(
        IStore store, string key, long offset, long? length, string? ifMatch, CancellationToken cancellation)
    {
        if (await store.FindAsync(key, cancellation) is not { } found)
            return null;
        if (ifMatch is not null && found.ETag != ifMatch)
            throw new ObjectChangedException(store.Locate(key));
        var left = Math.Max(0, found.Length - offset);
        var wanted = Math.Min(left, length ?? left);
        return new ObjectPart(store.Locate(key), new StoreStream(store, key, offset, wanted), cancellation)
        {
            Length = wanted,
            Total = found.Length,
            Ranged = true,
            ETag = found.ETag,
            Modified = found.Modified,
        };
    }
}
