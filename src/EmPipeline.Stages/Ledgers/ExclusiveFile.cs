namespace EmPipeline.Stages.Ledgers;

/// <summary>A lock between processes, and between the datasets of one process: held while the file is open.</summary>
internal sealed class ExclusiveFile : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private ExclusiveFile(FileStream file) => _file = file;

    /// <summary>Waits until nobody else holds the file.</summary>
    public static async Task<ExclusiveFile> AcquireAsync(string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new ExclusiveFile(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException) && IsHeldElsewhere(e))
            {
                await Task.Delay(Poll, cancellation);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    // EWOULDBLOCK (Linux 11, macOS 35) and ERROR_SHARING_VIOLATION.
    private static bool IsHeldElsewhere(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
