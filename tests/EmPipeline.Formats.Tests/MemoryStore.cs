using System.Runtime.CompilerServices;
using EmPipeline.Storage;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests;

/// <summary>Objects held in memory.</summary>
internal sealed class MemoryStore(IReadOnlyDictionary<string, byte[]> objects) : IStore
{
    public MemoryStore(string key, byte[] bytes) : this(new Dictionary<string, byte[]> { [key] = bytes })
    {
    }

    public static VolumePath Path(string key, byte[] bytes) => new(new MemoryStore(key, bytes), key);

    public string Locate(string key) => key;

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) =>
        ValueTask.FromResult<StoredObject?>(objects.TryGetValue(key, out var bytes) ? new StoredObject(key, bytes.Length) : null);

    public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!objects.TryGetValue(key, out var bytes))
            return ValueTask.FromResult(false);
        if (offset < 0 || offset + buffer.Length > bytes.Length)
            throw new EndOfStreamException($"{Locate(key)}: got {bytes.Length} bytes, expected {offset + buffer.Length}.");
        bytes.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
        return ValueTask.FromResult(true);
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await ValueTask.CompletedTask;
        foreach (var (key, bytes) in objects.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            yield return new StoredObject(key, bytes.Length);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
