using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// A folder of the local file system. Reads are positional (no shared cursor) and complete synchronously: on a file in the page cache
/// an asynchronous read costs more than the copy. File handles stay open until disposal, the least recently opened first to go.
/// </summary>
public sealed class LocalStore(string root) : IStore
{
    private const int MaxOpenFiles = 512;
    private readonly ConcurrentDictionary<string, SafeFileHandle> _open = new();
    private readonly ConcurrentQueue<string> _opened = new();

    /// <summary>The folder, as a full path.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    public string Locate(string key) => key.Length == 0 ? Root : Path.Combine(Root, key.Replace('/', Path.DirectorySeparatorChar));

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default)
    {
        var file = new FileInfo(Locate(key));
        return ValueTask.FromResult<StoredObject?>(
            file.Exists ? new StoredObject(key, file.Length, Modified: new DateTimeOffset(file.LastWriteTimeUtc)) : null);
    }

    public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Open(key) is not { } handle)
            return ValueTask.FromResult(false);
        var span = buffer.Span;
        for (var done = 0; done < span.Length;)
        {
            var read = RandomAccess.Read(handle, span[done..], offset + done);
            if (read == 0)
                throw new EndOfStreamException($"{Locate(key)}: got end of file at byte {offset + done}, expected {offset + span.Length} bytes or more.");
            done += read;
        }

        return ValueTask.FromResult(true);
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await ValueTask.CompletedTask;
        var folder = Locate(prefix.Contains('/', StringComparison.Ordinal) ? prefix[..prefix.LastIndexOf('/')] : "");
        if (!Directory.Exists(folder))
            yield break;
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(path => (Path: path, Key: Path.GetRelativePath(Root, path).Replace(Path.DirectorySeparatorChar, '/')))
            .Where(file => file.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(file => file.Key, StringComparer.Ordinal);
        foreach (var (path, key) in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var info = new FileInfo(path);
            yield return new StoredObject(key, info.Length, Modified: new DateTimeOffset(info.LastWriteTimeUtc));
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var handle in _open.Values)
            handle.Dispose();
        _open.Clear();
        return ValueTask.CompletedTask;
    }

    private SafeFileHandle? Open(string key)
    {
        if (_open.TryGetValue(key, out var handle))
            return handle;
        try
        {
            handle = File.OpenHandle(Locate(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (!_open.TryAdd(key, handle))
        {
            handle.Dispose();
            return _open[key];
        }

        _opened.Enqueue(key);
        // A handle that another thread is reading through stays valid until that read ends (SafeHandle counts its users).
        while (_open.Count > MaxOpenFiles && _opened.TryDequeue(out var oldest))
        {
            if (_open.TryRemove(oldest, out var closing))
                closing.Dispose();
        }

        return handle;
    }
}
