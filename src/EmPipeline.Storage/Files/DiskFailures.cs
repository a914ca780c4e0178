namespace EmPipeline.Storage;

/// <summary>Turns what the operating system says of a local file into a sentence that a user can act on.</summary>
public static class DiskFailures
{
    private const int NoSpaceUnix = 28;
    private const int QuotaLinux = 122;
    private const int FileTooLargeUnix = 27;
    private const int ReadOnlyUnix = 30;
    private const int NoSpaceWindows = unchecked((int)0x80070070);

    /// <summary>Whether <paramref name="failure"/> is the local machine's: the exceptions that <see cref="From"/> translates.</summary>
    public static bool IsLocal(Exception failure) =>
        failure is UnauthorizedAccessException || (failure is IOException and not StorageException and not EndOfStreamException);

    public static StorageException From(string path, Exception failure)
    {
        var problem = failure.HResult switch
        {
            NoSpaceUnix or NoSpaceWindows => "got a full disk, expected room for this file. Free some space or choose another data folder (--data).",
            QuotaLinux => "got an exhausted disk quota, expected room for this file. Free some space or choose another data folder (--data).",
            FileTooLargeUnix => "got 'file too large' from the system, expected room for this file. Raise the limit (ulimit -f) or choose another file system.",
            ReadOnlyUnix => "got a read-only file system, expected to write here. Choose another data folder (--data).",
            _ when failure is UnauthorizedAccessException => "got no permission to write, expected a folder of one's own. Check owner and mode, or choose another data folder (--data).",
            _ => $"got '{failure.Message.TrimEnd('.')}' from the system, expected to write here. Check the folder.",
        };
        return new StorageException(path, problem, failure, StorageFault.Machine);
    }
}
