namespace EmPipeline.Storage;

/// <summary>
/// Writes small files whole or not at all: to a temporary file beside the target, flushed, renamed over it, and the folder flushed. After
/// a kill or a power failure the target is the old file or the new one, never a part.
/// </summary>
public static class AtomicFile
{
    private const string Suffix = ".tmp";

    /// <param name="path">Its folder is made where it is missing. A file that is there passes its mode on; one that it is a link to stays.</param>
    /// <param name="durable">False leaves out the flushes: still atomic towards other processes and kills, not towards a power failure.</param>
    /// <exception cref="StorageException">Disk full, no permission: <see cref="StorageFault.Machine"/>.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool durable = true)
    {
        var temporary = TemporaryFor(ref path);
        try
        {
            using (var file = Create(path, temporary))
            {
                file.Write(bytes);
                file.Flush();
                if (durable)
                    Durable.Flush(file.SafeFileHandle);
            }

            Name(temporary, path, durable);
        }
        catch (Exception e)
        {
            DeleteQuietly(temporary);
            if (DiskFailures.IsLocal(e))
                throw DiskFailures.From(path, e);
            throw;
        }
    }

    /// <inheritdoc cref="Write"/>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, bool durable = true, CancellationToken cancellation = default) =>
        WriteAsync(path, [bytes], durable, cancellation);

    /// <summary>The same for what comes in pieces, one behind the other.</summary>
    public static Task WriteAsync(string path, IEnumerable<ReadOnlyMemory<byte>> pieces, bool durable = true, CancellationToken cancellation = default) =>
        WriteAsync(path, pieces.ToAsyncEnumerable(), durable, cancellation);

    /// <summary>The same for pieces that are not there yet. A piece may be overwritten when the next is asked for.</summary>
    public static Task WriteAsync(string path, IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, bool durable = true, CancellationToken cancellation = default) => WriteAsync(
        path,
        async stream =>
        {
            await foreach (var piece in pieces.WithCancellation(cancellation))
                await stream.WriteAsync(piece, cancellation);
        },
        durable,
        cancellation);

    /// <summary>The same for who writes to a stream.</summary>
    /// <param name="write">The stream is buffered, and is not its to close.</param>
    public static async Task WriteAsync(string path, Func<Stream, Task> write, bool durable = true, CancellationToken cancellation = default)
    {
        var temporary = TemporaryFor(ref path);
        try
        {
            await using (var file = Create(path, temporary))
            {
                await write(file);
                await file.FlushAsync(cancellation);
                if (durable)
                    Durable.Flush(file.SafeFileHandle);
            }

            Name(temporary, path, durable);
        }
        catch (Exception e)
        {
            DeleteQuietly(temporary);
            if (DiskFailures.IsLocal(e))
                throw DiskFailures.From(path, e);
            throw;
        }
    }

    /// <summary>Whether a file is the leftover of a killed writer, safe to delete when no writer is at work.</summary>
    public static bool IsTemporary(string path)
    {
        var name = Path.GetFileName(path.AsSpan());
        return name.Length > 34 + Suffix.Length && name[0] == '.' && name.EndsWith(Suffix) && Guid.TryParseExact(name[^(32 + Suffix.Length)..^Suffix.Length], "N", out _);
    }

    private static string TemporaryFor(ref string path)
    {
        path = Path.GetFullPath(path);
        return Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{Suffix}");
    }

    private static FileStream Create(string path, string temporary)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        if (!OperatingSystem.IsWindows() && File.Exists(path))
            File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(path));
        return file;
    }

    private static void Name(string temporary, string path, bool durable)
    {
        File.Move(temporary, path, overwrite: true);
        if (durable)
            Durable.FlushFolder(Path.GetDirectoryName(path)!);
    }

    // The failure that led here is the one worth reporting.
    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
