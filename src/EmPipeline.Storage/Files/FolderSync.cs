using System.Runtime.InteropServices;

namespace EmPipeline.Storage;

/// <summary>Makes names durable: a rename survives a power failure only once its folder has been flushed too.</summary>
public static partial class FolderSync
{
    /// <summary>Flushes a folder's entries to disk. Nothing on Windows, whose file systems log renames themselves.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, 0);
        if (descriptor < 0)
            throw DiskFailures.From(folder, new IOException($"open: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError()));
        try
        {
            // Some file systems (network, container overlays) cannot flush a folder and say EINVAL; there is nothing more to be done there.
            const int InvalidArgument = 22;
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
                throw DiskFailures.From(folder, new IOException($"fsync: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError()));
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
