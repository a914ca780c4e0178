using System.Runtime.InteropServices;
using System.Text;

namespace EmPipeline.Storage;

/// <summary>The lengths of very many files: one system call each and nothing on the heap, where the system has such a call.</summary>
public static unsafe partial class FileLength
{
    private const int ShortPath = 512;
    private const int CurrentFolder = -100;
    private const uint TypeAndSize = 0x1 | 0x200;
    private const int ResultLength = 256, ModeAt = 28, SizeAt = 40;
    private const ushort KindMask = 0xF000, RegularFile = 0x8000;

    /// <summary>The length of the file at <paramref name="path"/>, links followed; −1 when there is none that can be looked at.</summary>
    public static long Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return new FileInfo(path) is { Exists: true } file ? file.Length : -1;
        // Three bytes a character at most, and a zero.
        var needed = (3 * path.Length) + 1;
        var bytes = needed <= ShortPath ? stackalloc byte[ShortPath] : new byte[needed];
        bytes[Encoding.UTF8.GetBytes(path, bytes)] = 0;
        var result = stackalloc byte[ResultLength];
        fixed (byte* start = bytes)
        {
            if (StatX(CurrentFolder, start, 0, TypeAndSize, result) != 0 || (*(ushort*)(result + ModeAt) & KindMask) != RegularFile)
                return -1;
        }

        return *(long*)(result + SizeAt);
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int StatX(int folder, byte* path, int flags, uint mask, byte* result);
}
