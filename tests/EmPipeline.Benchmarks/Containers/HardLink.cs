using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>Another name for a file: a volume larger than its files, whose bytes the page cache holds once.</summary>
internal static partial class HardLink
{
    public static void Make(string existing, string path)
    {
        if (Link(existing, path) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{path}: got no hard link to {existing}, expected one. Give --disk a file system that has them.");
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);
}
