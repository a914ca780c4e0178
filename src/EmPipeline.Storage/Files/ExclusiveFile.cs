using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>A lock between processes, and between the tasks of one: held while the file is open, so a killed holder holds nothing.</summary>
public sealed class ExclusiveFile : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;
    private readonly bool _leaveNothing;

    private ExclusiveFile(FileStream file, bool leaveNothing) => (_file, _leaveNothing) = (file, leaveNothing);

    /// <summary>The file itself, for what its holder keeps in it. Owned by this.</summary>
    public SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Waits until nobody else holds the file.</summary>
    /// <inheritdoc cref="TryAcquire"/>
    public static async Task<ExclusiveFile> AcquireAsync(string path, CancellationToken cancellation, bool leaveNothing = false)
    {
        ExclusiveFile? acquired;
        while ((acquired = TryAcquire(path, leaveNothing)) is null)
            await Task.Delay(Poll, cancellation);
        return acquired;
    }

    /// <param name="path">Its folder is made where it is missing.</param>
    /// <param name="leaveNothing">Removes the file in the end. All who share it say the same.</param>
    /// <returns>Null when somebody else holds the file.</returns>
    /// <exception cref="StorageException">The file cannot be made: <see cref="StorageFault.Machine"/>.</exception>
    public static ExclusiveFile? TryAcquire(string path, bool leaveNothing = false)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Windows removes an open file only where that is shared.
            var share = leaveNothing && OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
            if (!leaveNothing || IsAt(path, file))
                return new ExclusiveFile(file, leaveNothing);
            file.Dispose();
            return null;
        }
        catch (IOException e) when (IsHeldElsewhere(e))
        {
            return null;
        }
        catch (Exception e) when (DiskFailures.IsLocal(e))
        {
            throw DiskFailures.From(path, e);
        }
    }

    public void Dispose()
    {
        // While it is still held: afterwards it may be somebody else's.
        if (_leaveNothing)
            File.Delete(_file.Name);
        _file.Dispose();
    }

    // Between the opening of a file and its lock the last holder may have removed it; the next would then lock another one of the same name.
    private static bool IsAt(string path, FileStream file)
    {
        var mark = DateTime.UnixEpoch.AddSeconds(Random.Shared.Next());
        File.SetLastWriteTimeUtc(file.SafeFileHandle, mark);
        return File.GetLastWriteTimeUtc(path) == mark;
    }

    // EWOULDBLOCK (Linux 11, macOS 35) and ERROR_SHARING_VIOLATION.
    private static bool IsHeldElsewhere(IOException e) =>
        e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
