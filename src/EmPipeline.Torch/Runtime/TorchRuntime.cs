using EmPipeline.Torch.Runtime;
using EmPipeline.Volumes;
using TorchSharp;

namespace EmPipeline.Torch;

/// <summary>
/// Makes TorchSharp load on hosts with an older libstdc++ (Debian 12, Ubuntu 22.04). TorchSharp 0.107's native library asks for
/// GLIBCXX_3.4.32 for the sake of one symbol that it never calls, and is refused there with a message about a missing package.
/// The remedy is one flag in this program's own copy of that library, set only where the host needs it.
/// </summary>
public static class TorchRuntime
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Symbol = "_ZSt21ios_base_library_initv";
    private const string LibraryName = "libLibTorchSharp.so";

    private static readonly Lazy<bool> Done = new(Ensure);

    /// <summary>
    /// Does what is needed, once. Every entry point of this library calls it; a program that uses TorchSharp before any of them calls it
    /// first, since TorchSharp does not try a second time. Costs nothing where nothing is needed.
    /// </summary>
    /// <exception cref="EmException">The library's folder cannot be written, and must be.</exception>
    public static void EnsureLoadable() => _ = Done.Value;

    /// <summary>Where TorchSharp looks for its native library, relative to its assembly, as builds with and without a runtime identifier lay it out.</summary>
    internal static IEnumerable<string> Candidates(string assemblyFolder) =>
    [
        Path.Combine(assemblyFolder, LibraryName),
        Path.Combine(assemblyFolder, "runtimes", "linux-x64", "native", LibraryName),
    ];

    private static bool Ensure()
    {
        // typeof does not run torch's static constructor, which is what loads the library.
        var folder = Path.GetDirectoryName(typeof(torch).Assembly.Location);
        if (!OperatingSystem.IsLinux() || string.IsNullOrEmpty(folder))
            return false;

        // Assemblies that run from the package cache have no library beside them: nothing outside this program's folder is touched.
        var copies = Candidates(folder).Where(File.Exists).ToList();
        if (copies.Count == 0 || HostLibraries.CxxHas(Symbol, Version))
            return false;
        foreach (var copy in copies)
            WeakVersionPatch.Apply(copy, Version);
        return true;
    }
}
