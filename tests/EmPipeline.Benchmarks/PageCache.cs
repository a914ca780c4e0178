using System.Runtime.InteropServices;

namespace EmPipeline.Benchmarks;

/// <summary>What the kernel keeps of files in memory.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Has the next read of a folder's files come from the disk. What somebody has mapped stays: close readers before.</summary>
    public static void Drop(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path);
            // What is not written yet cannot be dropped.
            RandomAccess.FlushToDisk(file);
            if (Advise(file.DangerousGetHandle().ToInt32(), 0, 0, DontNeed) is var error and not 0)
                throw new IOException($"{path}: got error {error} of posix_fadvise, expected 0.");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int file, long from, long length, int advice);
}
