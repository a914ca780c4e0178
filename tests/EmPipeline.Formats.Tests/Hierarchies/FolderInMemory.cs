using System.Runtime.CompilerServices;
using System.Text;
using EmPipeline.Storage;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Hierarchies;

/// <summary>A store of a few small objects, filled by the test; optionally one that cannot list, as a plain web server.</summary>
internal sealed class FolderInMemory : IStore
{
    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    public bool CanList { get; init; } = true;

    /// <summary>The keys that were read, in order.</summary>
    public List<string> Reads { get; } = [];

    public byte[] this[string key]
    {
        get => _objects[key];
        set => _objects[key] = value;
    }

    /// <summary>Every file below a folder of the fixtures.</summary>
    public static FolderInMemory Of(string fixture, bool canList = true)
    {
        var root = SharedData.Fixture(fixture);
        var store = new FolderInMemory { CanList = canList };
        foreach (var file in Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
            store[Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/')] = File.ReadAllBytes(file);
        return store;
    }

    public FolderInMemory With(string key, string text)
    {
        _objects[key] = Encoding.UTF8.GetBytes(text);
        return this;
    }

    public VolumePath At(string key = "") => new(this, key);

    public void Remove(string key) => _objects.Remove(key);

    public string Locate(string key) => "memory/" + key;

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) =>
        ValueTask.FromResult<StoredObject?>(_objects.TryGetValue(key, out var bytes) ? new StoredObject(key, bytes.Length) : null);

    public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (Reads)
            Reads.Add(key);
        if (!_objects.TryGetValue(key, out var bytes))
            return ValueTask.FromResult(false);
        if (offset + buffer.Length > bytes.Length)
            throw new EndOfStreamException(key);
        bytes.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
        return ValueTask.FromResult(true);
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await ValueTask.CompletedTask;
        if (!CanList)
            throw new NotSupportedException("This server does not list its files.");
        foreach (var (key, bytes) in _objects.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new StoredObject(key, bytes.Length);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
