using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Build;

/// <summary>
/// The folder in which a catalogue is made before its files replace the old ones. One build at a time: the lock file in the
/// catalogue's folder says so. What a killed build left is removed by the next.
/// </summary>
internal sealed class BuildFolder : IDisposable
{
    private readonly ExclusiveFile _turn;

    private BuildFolder(string path, ExclusiveFile turn) => (Path, _turn) = (path, turn);

    public string Path { get; }

    /// <exception cref="EmException">The folder cannot be written, or another build is at work in it.</exception>
    public static BuildFolder Create(string catalogFolder)
    {
        ExclusiveFile? turn = null;
        try
        {
            turn = ExclusiveFile.TryAcquire(System.IO.Path.Combine(catalogFolder, ".lock"), leaveNothing: true) ?? throw new EmException(
                Fault.Machine, $"{catalogFolder}: got another run that is building a catalogue here, expected to be alone. Run again when it has ended.");
            var path = System.IO.Path.Combine(catalogFolder, ".building");
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            Directory.CreateDirectory(path);
            return new BuildFolder(path, turn);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            turn?.Dispose();
            throw new EmException(Fault.Machine, $"{catalogFolder}: cannot build a catalogue here: {error.Message} Check the folder's permissions.", error);
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
        _turn.Dispose();
    }
}
