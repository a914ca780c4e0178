using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// A local file in the address space, for reading without the kernel's copy. To touch a page that the kernel cannot bring (the disk fails,
/// the file was cut short) kills the process, where a read would have been an error: so ask <see cref="IsInMemory"/> just before, and read
/// what is not in memory. Owned by who made it; safe for concurrent use.
/// </summary>
public sealed unsafe partial class MappedFile : IDisposable
{
    private const int WriteAllowed = 2;
    private const int MostPages = 1024;
    private static readonly int PageLength = Environment.SystemPageSize;
    private readonly MemoryMappedViewAccessor _view;
    private readonly string _path;
    private readonly byte* _start;

    private MappedFile(MemoryMappedViewAccessor view, string path, long length)
    {
        (_view, _path, Length) = (view, path, length);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        view.SafeMemoryMappedViewHandle.ReleasePointer();
    }

    /// <summary>The file's length when it was mapped.</summary>
    public long Length { get; }

    /// <summary>
    /// Keeps the bytes in their place until <see cref="Release"/>, even beyond disposal. False when that came first, and when the file at the
    /// path is gone or of another length now: the end of one that was cut short would read as zeros.
    /// </summary>
    public bool TryAcquire()
    {
        if (FileLength.Of(_path) != Length)
            return false;
        try
        {
            byte* start = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Release() => _view.SafeMemoryMappedViewHandle.ReleasePointer();

    /// <summary>Bytes of the file, between <see cref="TryAcquire"/> and <see cref="Release"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all within the file's length.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        CheckRange(offset, length);
        return new(_start + offset, length);
    }

    /// <summary>Whether all of these bytes are in memory; between <see cref="TryAcquire"/> and <see cref="Release"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all within the file's length.</exception>
    public bool IsInMemory(long offset, long length)
    {
        CheckRange(offset, length);
        var pages = stackalloc byte[MostPages];
        for (var at = offset - (offset % PageLength); at < offset + length; at += (long)MostPages * PageLength)
        {
            var count = (int)Math.Min(MostPages, (offset + length - at + PageLength - 1) / PageLength);
            if (InCore(_start + at, (nuint)((long)count * PageLength), pages) != 0)
                return false;
            // Of each byte only the lowest bit has a meaning.
            for (var page = 0; page < count; page++)
            {
                if ((pages[page] & 1) == 0)
                    return false;
            }
        }

        return true;
    }

    public void Dispose() => _view.Dispose();

    /// <summary>
    /// Maps an open file. Null where <see cref="IsInMemory"/> could not be answered (on other systems than Linux; for a file that one may not
    /// write, of which Linux does not tell) or the system has no room for it.
    /// </summary>
    internal static MappedFile? Of(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux() || Access(path, WriteAllowed) != 0 || RandomAccess.GetLength(file) is not (> 0 and var length))
            return null;
        try
        {
            using var map = MemoryMappedFile.CreateFromFile(file, null, length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return new MappedFile(map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), path, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private void CheckRange(long offset, long length)
    {
        if (offset < 0 || length < 0 || length > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(offset), $"got {length} bytes at {offset}, expected them within {Length}.");
    }

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "mincore")]
    private static partial int InCore(byte* start, nuint length, byte* pages);
}
