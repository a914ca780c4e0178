using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using EmPipeline.Storage;

namespace EmPipeline.Tests;

/// <summary>Objects in memory, filled by the test, with the reads of them written down. Safe for concurrent use.</summary>
internal sealed class MemoryStore : IStore
{
    private readonly ConcurrentQueue<string> _reads = [];
    private long _bytesRead;

    public MemoryStore()
    {
    }

    public MemoryStore(string key, byte[] bytes) => Objects[key] = bytes;

    public MemoryStore(IEnumerable<KeyValuePair<string, byte[]>> objects) => Objects = new(objects, StringComparer.Ordinal);

    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>False for a store that cannot list, as a plain web server.</summary>
    public bool CanList { get; init; } = true;

    /// <summary>The key of each read, in order.</summary>
    public IReadOnlyCollection<string> Reads => _reads;

    public long BytesRead => Volatile.Read(ref _bytesRead);

    public byte[] this[string key]
    {
        get => Objects[key];
        set => Objects[key] = value;
    }

    /// <summary>Every file below a folder of the fixtures.</summary>
    public static MemoryStore Of(string fixture, bool canList = true)
    {
        var root = SharedData.Fixture(fixture);
        var store = new MemoryStore { CanList = canList };
        foreach (var file in Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
            store[Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/')] = File.ReadAllBytes(file);
        return store;
    }

    public MemoryStore With(string key, string text)
    {
        this[key] = Encoding.UTF8.GetBytes(text);
        return this;
    }

    public void Remove(string key) => Objects.TryRemove(key, out _);

    public void ResetCounts()
    {
        _reads.Clear();
        _bytesRead = 0;
    }

    public string Locate(string key) => key;

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) =>
        ValueTask.FromResult<StoredObject?>(Objects.TryGetValue(key, out var bytes) ? Describe(key, bytes) : null);

    public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        _reads.Enqueue(key);
        if (!Objects.TryGetValue(key, out var bytes))
            return ValueTask.FromResult(false);
        if (offset < 0 || offset + buffer.Length > bytes.Length)
            throw new EndOfStreamException($"{key}: got {bytes.Length} bytes, expected {offset + buffer.Length}.");
        bytes.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
        Interlocked.Add(ref _bytesRead, buffer.Length);
        return ValueTask.FromResult(true);
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await ValueTask.CompletedTask;
        if (!CanList)
            throw new NotSupportedException("This server does not list its files.");
        foreach (var (key, bytes) in Objects.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Describe(key, bytes);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // As a server's ETag: another text for other content.
    private static StoredObject Describe(string key, byte[] bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return new StoredObject(key, bytes.Length, hash.ToHashCode().ToString("x", CultureInfo.InvariantCulture));
    }
}
