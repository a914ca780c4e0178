using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// A folder of the local file system. Reads are positional (no shared cursor) and complete synchronously: on a file in the page cache
/// an asynchronous read costs more than the copy. File handles stay open until disposal, the first opened the first to go, so a file
/// that is replaced while the store is open may go on being read in its old version.
/// </summary>
/// <param name="only">The keys that exist for this store, whatever else lies in the folder; null for all.</param>
public sealed class LocalStore(string root, KeySet? only = null) : IStore
{
    private const int MaxOpenFiles = 512;
    private readonly ConcurrentDictionary<string, SafeFileHandle> _open = new();
    private readonly ConcurrentQueue<string> _opened = new();
    private volatile bool _disposed;

    /// <summary>The folder, as a full path.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    public string Locate(string key) => key.Length == 0 ? Root : Path.Combine(Root, key.Replace('/', Path.DirectorySeparatorChar));

    public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default)
    {
        StoreKey.Check(Root, key);
        var file = new FileInfo(Locate(key));
        return ValueTask.FromResult(IsSeen(key) && file.Exists ? Describe(key, file) : default(StoredObject?));
    }

    public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Open(key) is not { } handle)
                return ValueTask.FromResult(false);
            try
            {
                Fill(key, handle, offset, buffer.Span);
                return ValueTask.FromResult(true);
            }
            catch (ObjectDisposedException) when (!_disposed)
            {
                // Another thread's opening pushed this handle out between the lookup and the read: open it again.
            }
        }
    }

    /// <summary>Maps a file; null when it does not exist or cannot be mapped. The caller's to dispose; it lives on after the store.</summary>
    public MappedFile? Map(string key)
    {
        while (true)
        {
            if (Open(key) is not { } handle)
                return null;
            try
            {
                return MappedFile.Of(handle, Locate(key));
            }
            catch (ObjectDisposedException) when (!_disposed)
            {
                // As above.
            }
        }
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await ValueTask.CompletedTask;
        foreach (var (key, file) in LocalListing.Walk(Root, prefix))
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsSeen(key) && file.Exists)
                yield return Describe(key, file);
        }
    }

    public ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (var handle in _open.Values)
            handle.Dispose();
        _open.Clear();
        return ValueTask.CompletedTask;
    }

    private bool IsSeen(string key) => only is null || only.Contains(key);

    private static StoredObject Describe(string key, FileInfo file)
    {
        // A link's own length is that of its text.
        if ((file.Attributes & FileAttributes.ReparsePoint) != 0 && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
            file = target;
        return new StoredObject(key, file.Length, Modified: new DateTimeOffset(file.LastWriteTimeUtc));
    }

    private void Fill(string key, SafeFileHandle handle, long offset, Span<byte> buffer)
    {
        for (var done = 0; done < buffer.Length;)
        {
            var read = RandomAccess.Read(handle, buffer[done..], offset + done);
            if (read == 0)
                throw new EndOfStreamException($"{Locate(key)}: got end of file at byte {offset + done}, expected {offset + buffer.Length} bytes or more.");
            done += read;
        }

        StorageMeter.Reads.Add(1);
        StorageMeter.Bytes.Add(buffer.Length);
    }

    private SafeFileHandle? Open(string key)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_open.TryGetValue(key, out var handle))
            return handle;
        StoreKey.Check(Root, key);
        if (!IsSeen(key))
            return null;
        try
        {
            handle = File.OpenHandle(Locate(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            if (Directory.Exists(Locate(key)))
                return null;
            throw new StorageException(Locate(key), "got no permission, expected a readable file. Check its owner and mode.", e, StorageFault.Machine);
        }

        var kept = _open.GetOrAdd(key, handle);
        if (kept != handle)
        {
            handle.Dispose();
            return kept;
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
