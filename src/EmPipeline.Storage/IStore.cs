namespace EmPipeline.Storage;

/// <summary>One object of a store.</summary>
/// <param name="Key">Its key, '/' between parts, no leading slash.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="ETag">What the store calls its version; null where it has no such thing.</param>
/// <param name="Modified">When it last changed, UTC, where the store says so.</param>
public readonly record struct StoredObject(string Key, long Length, string? ETag = null, DateTimeOffset? Modified = null);

/// <summary>
/// Bytes by key and range: a folder, a web server's folder, a bucket. Read-only, safe for concurrent use.
/// "Absent" is an answer (null or false); forbidden, unreachable and truncated are errors and never look like absence.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>The place of <paramref name="key"/> as a person would write it (path or URL), for messages.</summary>
    string Locate(string key);

    /// <summary>Size and version of one object; null when there is none.</summary>
    ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default);

    /// <summary>Fills the whole of <paramref name="buffer"/> from <paramref name="offset"/> on.</summary>
    /// <returns>False when the object does not exist.</returns>
    /// <exception cref="EndOfStreamException">The object ends before the buffer is full.</exception>
    ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default);

    /// <summary>Every object whose key starts with <paramref name="prefix"/>, in ordinal key order, in bounded memory.</summary>
    /// <exception cref="NotSupportedException">The store cannot list (a plain web server).</exception>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default);
}

public static class StoreExtensions
{
    /// <summary>The whole of a small object; null when it does not exist.</summary>
    /// <param name="maximum">Objects larger than this are refused, so that a mislabelled key cannot fill memory.</param>
    public static async ValueTask<byte[]?> ReadAllAsync(
        this IStore store, string key, long maximum = 256L << 20, CancellationToken cancellation = default)
    {
        if (store is IStreamStore streams)
            return await streams.ReadAllAsync(key, maximum, cancellation);
        if (await store.FindAsync(key, cancellation) is not { } found)
            return null;
        if (found.Length > maximum)
            throw TooLarge(store.Locate(key), found.Length, maximum);
        var bytes = new byte[found.Length];
        return await store.ReadAsync(key, 0, bytes, cancellation) ? bytes : null;
    }

    internal static InvalidDataException TooLarge(string place, long length, long maximum) =>
        new($"{place}: got {length} bytes, expected at most {maximum} for this kind of object.");
}
