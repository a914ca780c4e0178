using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using EmPipeline.Storage;

namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>Objects in memory, with the reads counted.</summary>
internal sealed class MemoryStore : IStore
{
    private long _bytesRead;
    private int _reads;

    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public long BytesRead => Volatile.Read(ref _bytesRead);

    public int Reads => Volatile.Read(ref _reads);

    public void ResetCounts() => (_bytesRead, _reads) = (0, 0);

    public string Locate(string key) => "memory:" + key;

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) =>
        ValueTask.FromResult<StoredObject?>(Objects.TryGetValue(key, out var bytes) ? Describe(key, bytes) : null);

    public async ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
        if (!Objects.TryGetValue(key, out var bytes))
            return false;
        if (offset + buffer.Length > bytes.Length)
            throw new EndOfStreamException(key);
        bytes.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
        Interlocked.Add(ref _bytesRead, buffer.Length);
        Interlocked.Increment(ref _reads);
        return true;
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.Yield();
        foreach (var (key, bytes) in Objects.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(item => item.Key, StringComparer.Ordinal))
            yield return Describe(key, bytes);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static StoredObject Describe(string key, byte[] bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return new StoredObject(key, bytes.Length, hash.ToHashCode().ToString("x", CultureInfo.InvariantCulture));
    }
}
