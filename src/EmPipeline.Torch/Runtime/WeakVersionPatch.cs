using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Runtime;

/// <summary>
/// Lets a library load on a host that lacks a version it asks for but does not use. The file is replaced by rename, never written in
/// place: a hard or symbolic link to somebody else's copy (a package cache) leaves that copy as it is, a process that has the old file
/// loaded keeps it, and processes that do this at the same time each put the same bytes there.
/// </summary>
internal static class WeakVersionPatch
{
    /// <returns>Whether the file was changed; false when it asks for no such version, or only weakly.</returns>
    /// <exception cref="EmException">Not an ELF library, or the folder cannot be written.</exception>
    public static bool Apply(string path, string version)
    {
        var image = File.ReadAllBytes(path);
        if (ElfVersionNeeds.MakeWeak(image, version, path) == 0)
            return false;
        try
        {
            AtomicFile.Write(path, image);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EmException(
                Fault.Machine,
                $"{path}: got a folder that cannot be written ({error.Message}), expected to adapt this library, which asks for {version} of libstdc++, newer than this machine's. "
                + "Start the program once as a user who may write there, or copy its folder to a place where you may.",
                error);
        }
    }
}
