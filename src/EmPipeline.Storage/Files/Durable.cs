using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// What makes files and the names in a folder survive a loss of power; everything that writes durably goes through here. Small files
/// are <see cref="AtomicFile"/>'s, many at once <see cref="FileBatch"/>'s.
/// </summary>
public static partial class Durable
{
    /// <summary>The end of the names of files that are not whole yet.</summary>
    public const string PartialSuffix = ".partial";

    private const int StartWriting = 2;
    private const int NotNeeded = 4;

    // Some file systems (network, container overlays) cannot flush a folder and say so; there is nothing more to be done there.
    private const int InvalidArgument = 22;

    // Only for measuring what flushing costs.
    private static readonly bool IsOff = AppContext.TryGetSwitch("EmPipeline.WithoutFlushing", out var off) && off;

    /// <summary>Returns when a file's bytes are on the disk.</summary>
    public static void Flush(SafeFileHandle handle)
    {
        if (!IsOff)
            RandomAccess.FlushToDisk(handle);
    }

    /// <summary>The same on a thread of its own, for who has others waiting for the pool's.</summary>
    public static Task FlushAsync(SafeFileHandle handle) =>
        Task.Factory.StartNew(() => Flush(handle), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>
    /// Flushes a folder's entries: a rename survives a power failure only once its folder has been flushed too. Nothing on Windows, whose
    /// file systems log renames themselves.
    /// </summary>
    /// <exception cref="StorageException">The disk refused: <see cref="StorageFault.Machine"/>.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows() || IsOff)
            return;
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            throw DiskFailures.From(path, new IOException($"open: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError()));
        try
        {
            if (Fsync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
                throw DiskFailures.From(path, new IOException($"fsync: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError()));
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Asks the kernel to begin writing a file out, without waiting: the flush that comes later finds little left to do.</summary>
    /// <param name="length">0 for all from <paramref name="offset"/> on.</param>
    public static void BeginFlush(SafeFileHandle handle, long offset = 0, long length = 0)
    {
        if (OperatingSystem.IsLinux() && !IsOff)
            _ = SyncFileRange(handle, offset, length, StartWriting);
    }

    /// <summary>Tells the kernel that a file, already flushed, will not be read soon, so that it need not keep it in memory.</summary>
    /// <param name="length">0 for all from <paramref name="offset"/> on.</param>
    public static void DropFromCache(SafeFileHandle handle, long offset = 0, long length = 0)
    {
        if (OperatingSystem.IsLinux())
            _ = Advise(handle, offset, length, NotNeeded);
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle handle, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle handle, long offset, long count, uint flags);
}
