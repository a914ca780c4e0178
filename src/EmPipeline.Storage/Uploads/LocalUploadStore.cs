using System.Runtime.CompilerServices;

namespace EmPipeline.Storage;

/// <summary>A folder. Its files have no versions: it is compared by reading, and a condition is held only as far as a file that is there or not.</summary>
internal sealed class LocalUploadStore(string root) : IUploadStore
{
    private readonly LocalStore _files = new(root);

    public string Locate(string key)
    {
        StoreKey.Check(_files.Root, key);
        return _files.Locate(key);
    }

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation) =>
        _files.ListAsync(prefix, cancellation).Where(file => !AtomicFile.IsTemporary(file.Key) && !file.Key.EndsWith(Durable.PartialSuffix, StringComparison.Ordinal));

    public async ValueTask<StoredContent?> FindAsync(string key, CancellationToken cancellation) =>
        FileLength.Of(Locate(key)) is { } length ? new StoredContent(length, await FileHash.Md5Async(Locate(key), cancellation: cancellation), null) : null;

    public async ValueTask<byte[]?> ReadAsync(string key, CancellationToken cancellation) =>
        File.Exists(Locate(key)) ? await File.ReadAllBytesAsync(Locate(key), cancellation) : null;

    public async ValueTask<string?> PutAsync(string key, ReadOnlyMemory<byte> bytes, UploadCondition? condition, CancellationToken cancellation)
    {
        // Of two who both find no file, one would replace the other's.
        using var alone = condition is null ? null : ExclusiveFile.TryAcquire(Locate(key) + Durable.PartialSuffix, leaveNothing: true) ?? throw Conflict(key);
        Hold(key, condition);
        await AtomicFile.WriteAsync(Locate(key), bytes, cancellation: cancellation);
        return null;
    }

    public ValueTask<UnfinishedUpload> BeginAsync(string key, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Locate(key))!);
        var partial = Locate(key) + Durable.PartialSuffix;
        File.Delete(partial);
        return ValueTask.FromResult(new UnfinishedUpload(key, partial));
    }

    public async ValueTask<UploadedPart> PutPartAsync(UnfinishedUpload upload, int number, long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            using var file = File.OpenHandle(upload.Id, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            await RandomAccess.WriteAsync(file, bytes, offset, cancellation);
            Durable.BeginFlush(file);
        }
        catch (Exception e) when (DiskFailures.IsLocal(e))
        {
            throw DiskFailures.From(upload.Id, e);
        }

        return new UploadedPart(number, bytes.Length, "", Crc32C.Compute(bytes.Span));
    }

    public ValueTask<string?> CompleteAsync(UnfinishedUpload upload, IReadOnlyList<UploadedPart> parts, UploadCondition? condition, CancellationToken cancellation)
    {
        Hold(upload.Key, condition);
        using (var file = File.OpenHandle(upload.Id, FileMode.Open, FileAccess.ReadWrite))
        {
            // A killed run may have left more than this one wrote.
            RandomAccess.SetLength(file, parts.Sum(part => part.Length));
            Durable.Flush(file);
        }

        File.Move(upload.Id, Locate(upload.Key), overwrite: true);
        Durable.FlushFolder(Path.GetDirectoryName(upload.Id)!);
        return default;
    }

    public ValueTask AbortAsync(UnfinishedUpload upload, CancellationToken cancellation)
    {
        File.Delete(upload.Id);
        return default;
    }

    public async IAsyncEnumerable<UnfinishedUpload> ListUnfinishedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        // What a killed run left is begun anew; nothing of it is paid for.
        await foreach (var file in _files.ListAsync("", cancellation).Where(file => file.Key.EndsWith(Durable.PartialSuffix, StringComparison.Ordinal)))
            yield return new UnfinishedUpload(file.Key[..^Durable.PartialSuffix.Length], Locate(file.Key));
    }

    public ValueTask<IReadOnlyList<UploadedPart>> ListPartsAsync(UnfinishedUpload upload, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<UploadedPart>>([]);

    public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        foreach (var key in keys)
        {
            if (!File.Exists(Locate(key)))
                continue;
            File.Delete(Locate(key));
            // A folder is there for the files in it.
            for (var folder = Path.GetDirectoryName(Locate(key))!; folder.Length > _files.Root.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!)
                Directory.Delete(folder);
        }

        return default;
    }

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    private void Hold(string key, UploadCondition? condition)
    {
        if (condition is { Version: null } && File.Exists(Locate(key)))
            throw Conflict(key);
    }

    private StorageException Conflict(string key) =>
        new(Locate(key), "got a file, expected none: nobody else writes here. Find out who does, and run again.", fault: StorageFault.Conflict);
}
