using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>Makes files and the names in a folder survive a loss of power.</summary>
internal static partial class Durable
{
    /// <summary>The end of the names of files that are not whole yet.</summary>
    public const string PartialSuffix = ".partial";

    private const int StartWriting = 2;
    private const int NotNeeded = 4;

    // Only for measuring what flushing costs.
    private static readonly bool IsOff = AppContext.TryGetSwitch("EmPipeline.WithoutFlushing", out var off) && off;

    /// <summary>Writes a small file: beside its name first, renamed once it is on the disk.</summary>
    public static void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        var partial = path + PartialSuffix;
        using (var handle = File.OpenHandle(partial, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, content, 0);
            Flush(handle);
        }

        File.Move(partial, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Returns when a file's bytes are on the disk.</summary>
    public static void Flush(SafeFileHandle handle)
    {
        if (!IsOff)
            RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Flushes a folder's entries. Windows has no such call, and needs none on NTFS.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows() || IsOff)
            return;
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    /// <summary>Asks the kernel to begin writing a file out, without waiting: the flush that comes later finds little left to do.</summary>
    public static void BeginFlush(SafeFileHandle handle)
    {
        if (OperatingSystem.IsLinux() && !IsOff)
            _ = SyncFileRange(handle, 0, 0, StartWriting);
    }

    /// <summary>Tells the kernel that a file, already flushed, will not be read soon, so that it need not keep it in memory.</summary>
    public static void DropFromCache(SafeFileHandle handle)
    {
        if (OperatingSystem.IsLinux())
            _ = Advise(handle, 0, 0, NotNeeded);
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle handle, long offset, long length, int advice);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle handle, long offset, long count, uint flags);
}
