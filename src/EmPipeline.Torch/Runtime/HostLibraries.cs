using System.Runtime.InteropServices;

namespace EmPipeline.Torch.Runtime;

/// <summary>What this machine's C++ library offers.</summary>
internal static partial class HostLibraries
{
    /// <summary>Whether the host's libstdc++ has <paramref name="symbol"/> at <paramref name="version"/>; false when that cannot be found out.</summary>
    public static bool CxxHas(string symbol, string version)
    {
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out var library))
            return false;
        try
        {
            return Find(library, symbol, version) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            // glibc before 2.34 keeps dlvsym in libdl; no such glibc comes with a libstdc++ new enough to have what is asked for.
            return false;
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "dlvsym", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Find(nint library, string symbol, string version);
}
