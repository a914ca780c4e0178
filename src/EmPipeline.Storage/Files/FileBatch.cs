using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// Moves many finished temporary files to their names, durably, for the price of few: contents are flushed side by side (the file
/// system's journal groups them), then renamed in the order in which they were added, then each folder is flushed once. Safe for concurrent adding.
/// </summary>
public sealed class FileBatch : IDisposable
{
    private const int Parallel = 16;
    private readonly Lock _lock = new();
    private List<Entry> _files = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _files.Count;
        }
    }

    /// <param name="temporary">A whole, closed file on the same file system as <paramref name="target"/>.</param>
    public void Add(string temporary, string target) => Add(new Entry(null, temporary, target));

    /// <summary>The same for a file that is still open, which saves opening it again. It is not kept in the kernel's memory: what comes next needs the room.</summary>
    /// <param name="file">Written, and owned from now on: closed by the commit, or by <see cref="Dispose"/>.</param>
    internal void Add(SafeFileHandle file, string temporary, string target) => Add(new Entry(file, temporary, target));

    /// <summary>After it returns, every file added before it was called is whole at its name, power failure or not.</summary>
    /// <exception cref="StorageException">The disk refused; files not yet renamed stay temporary.</exception>
    public async Task CommitAsync(CancellationToken cancellation = default)
    {
        var files = Take();
        try
        {
            await SideBySideAsync(files, static file => Guarded(file.Target, file.Flush), cancellation);
            var folders = new HashSet<string>(StringComparer.Ordinal);
            foreach (var file in files)
            {
                Guarded(file.Target, () => File.Move(file.Temporary, file.Target, overwrite: true));
                folders.Add(Path.GetDirectoryName(file.Target)!);
            }

            await SideBySideAsync([.. folders], static folder => Guarded(folder, () => Durable.FlushFolder(folder)), cancellation);
        }
        finally
        {
            Close(files);
        }
    }

    /// <summary>Closes what no commit has named; such files stay temporary.</summary>
    public void Dispose() => Close(Take());

    // No file joins a list whose commit has begun: it would be named by none.
    private void Add(Entry file)
    {
        lock (_lock)
            _files.Add(file);
    }

    private List<Entry> Take()
    {
        lock (_lock)
        {
            var files = _files;
            _files = [];
            return files;
        }
    }

    private static void Close(List<Entry> files)
    {
        foreach (var file in files)
            file.Handle?.Dispose();
    }

    // Threads of their own: each waits for the disk, and the pool's are few and have the network's bytes to take.
    private static Task SideBySideAsync<T>(IReadOnlyList<T> items, Action<T> action, CancellationToken cancellation)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Math.Min(Parallel, items.Count)).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (var i = Interlocked.Increment(ref next); i < items.Count && !cancellation.IsCancellationRequested; i = Interlocked.Increment(ref next))
                    action(items[i]);
                cancellation.ThrowIfCancellationRequested();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    private static void Guarded(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (DiskFailures.IsLocal(e))
        {
            throw DiskFailures.From(path, e);
        }
    }

    private sealed record Entry(SafeFileHandle? Handle, string Temporary, string Target)
    {
        public void Flush()
        {
            using var handle = Handle ?? File.OpenHandle(Temporary, FileMode.Open, FileAccess.ReadWrite);
            Durable.Flush(handle);
            if (Handle is not null)
                Durable.DropFromCache(handle);
        }
    }
}
