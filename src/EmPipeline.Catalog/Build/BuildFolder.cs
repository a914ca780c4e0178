using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Build;

/// <summary>
/// The folder in which a catalogue is made before its files replace the old ones. One build at a time: the lock file in the
/// catalogue's folder says so. What a killed build left is removed by the next.
/// </summary>
internal sealed class BuildFolder : IDisposable
{
    private readonly FileStream _lock;

    private BuildFolder(string path, FileStream lockFile) => (Path, _lock) = (path, lockFile);

    public string Path { get; }

    public static BuildFolder Create(string catalogFolder)
    {
        var lockPath = System.IO.Path.Combine(catalogFolder, ".lock");
        FileStream? lockFile = null;
        try
        {
            Directory.CreateDirectory(catalogFolder);
            lockFile = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            var path = System.IO.Path.Combine(catalogFolder, ".building");
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            Directory.CreateDirectory(path);
            return new BuildFolder(path, lockFile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            lockFile?.Dispose();
            throw new EmException(
                Fault.Machine, $"{catalogFolder}: cannot build a catalogue here: {error.Message} Check the folder's permissions and that no other run is building it.", error);
        }
    }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Replaces the old files by the new ones, durably, each by one rename; the database last, so that what it names is there.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public async Task PublishAsync(string catalogFolder, IEnumerable<string> names)
    {
        var batch = new FileBatch();
        foreach (var name in names)
            batch.Add(File(name), System.IO.Path.Combine(catalogFolder, name));
        await batch.CommitAsync();
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
        _lock.Dispose();
    }
}
