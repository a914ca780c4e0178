namespace EmPipeline.Stages.Ledgers;

/// <summary>A lock between processes, and between the datasets of one process: held while the file is open.</summary>
internal sealed class ExclusiveFile : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;
    private readonly bool _leaveNothing;

    private ExclusiveFile(FileStream file, bool leaveNothing) => (_file, _leaveNothing) = (file, leaveNothing);

    /// <summary>Waits until nobody else holds the file.</summary>
    /// <param name="leaveNothing">Removes the file in the end: for a folder of the user's. All who share it say the same.</param>
    public static async Task<ExclusiveFile> AcquireAsync(string path, CancellationToken cancellation, bool leaveNothing = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                // Windows removes an open file only where that is shared.
                var share = leaveNothing && OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
                if (!leaveNothing || IsAt(path, file))
                    return new ExclusiveFile(file, leaveNothing);
                await file.DisposeAsync();
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && IsHeldElsewhere(e))
            {
                await Task.Delay(Poll, cancellation);
            }
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
    private static bool IsHeldElsewhere(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
