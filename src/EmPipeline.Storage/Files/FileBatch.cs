namespace EmPipeline.Storage;

/// <summary>
/// Moves many finished temporary files to their names, durably, for the price of few: contents are flushed side by side (the file
/// system's journal groups them), then renamed in the order in which they were added, then each folder is flushed once. Safe for concurrent adding.
/// </summary>
public sealed class FileBatch
{
    private const int Parallel = 16;
    private readonly Lock _lock = new();
    private List<(string Temporary, string Target)> _files = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _files.Count;
        }
    }

    /// <param name="temporary">A whole, closed file on the same file system as <paramref name="target"/>.</param>
    public void Add(string temporary, string target)
    {
        // No file joins a list whose commit has begun: it would be named by none.
        lock (_lock)
            _files.Add((temporary, target));
    }

    /// <summary>After it returns, every file added before it was called is whole at its name, power failure or not.</summary>
    /// <exception cref="StorageException">The disk refused; files not yet renamed stay temporary.</exception>
    public async Task CommitAsync(CancellationToken cancellation = default)
    {
        List<(string Temporary, string Target)> files;
        lock (_lock)
            (files, _files) = (_files, []);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellation };
        await System.Threading.Tasks.Parallel.ForEachAsync(files, options, static (file, _) => Guarded(file.Target, () => Flush(file.Temporary)));
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (temporary, target) in files)
        {
            await Guarded(target, () => File.Move(temporary, target, overwrite: true));
            folders.Add(Path.GetDirectoryName(target)!);
        }

        await System.Threading.Tasks.Parallel.ForEachAsync(folders, options, static (folder, _) => Guarded(folder, () => Durable.FlushFolder(folder)));
    }

    private static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        Durable.Flush(handle);
    }

    private static ValueTask Guarded(string path, Action action)
    {
        try
        {
            action();
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (DiskFailures.IsLocal(e))
        {
            throw DiskFailures.From(path, e);
        }
    }
}
