using EmPipeline.Catalog;
using EmPipeline.Zarr;

namespace EmPipeline.Stages;

/// <summary>Removes what was made in a data folder. Whatever else lies there, also in the pipeline's own folders, stays and is named.</summary>
public static class DataCleaning
{
    /// <param name="raw">Removes what was fetched too.</param>
    /// <param name="warn">Told of each folder in which something stays.</param>
    /// <returns>The folders from which something was removed.</returns>
    public static IReadOnlyList<string> Run(DataFolder data, bool raw, Action<string> warn)
    {
        var (state, zarr, rawFolder, logs) = (Path.Combine(data.Root, "state"), Path.Combine(data.Root, "zarr"), Path.Combine(data.Root, "raw"), data.Logs);
        // State knows the names of the datasets, so it goes last; a folder of another name was not fetched.
        var datasets = data.Datasets().Where(name => Directory.EnumerateFiles(data.State(name)).Any(IsState)).ToList();
        var folders = new List<(string Folder, IEnumerable<string> Made)>
        {
            (zarr, Directories(zarr).Where(ZarrRechunk.Made)),
            (data.Catalog, CatalogBuilder.Files.Append(".building").Select(name => Path.Combine(data.Catalog, name))),
            (logs, Directory.Exists(logs) ? Directory.EnumerateFiles(logs, DataFolder.LogPattern).Append(data.Graph) : []),
        };
        if (raw)
            folders.Add((rawFolder, datasets.SelectMany(name => (string[])[data.Raw(name), data.Raw(name) + ".registry", data.Raw(name) + ".labels"])));
        folders.Add((state, datasets.Select(data.State).Concat([data.CatalogLedger, data.CatalogInputs, data.CatalogFileList, data.RechunkTurn]).Concat(Directory.Exists(state) ? Directory.EnumerateFiles(state, "publish.*") : [])));
        return folders.Where(folder => Clear(folder.Folder, folder.Made, warn)).Select(folder => folder.Folder).ToList();
    }

    private static bool Clear(string folder, IEnumerable<string> made, Action<string> warn)
    {
        if (!Directory.Exists(folder))
            return false;
        var any = false;
        foreach (var path in made.Where(Path.Exists).ToList())
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
            any = true;
        }

        var left = Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal).ToList();
        if (left.Count > 0)
            warn($"{folder}: got {left.Count} {(left.Count == 1 ? "entry" : "entries")}, such as {Path.GetFileName(left[0])}, that no run is known to have made. They stay; delete them yourself when you need them no more.");
        else if (new DirectoryInfo(folder).LinkTarget is null)
            Directory.Delete(folder);
        return any;
    }

    private static bool IsState(string path) => Path.GetFileName(path) is var name && (name == "dataset.json" || name.EndsWith(".inputs.json", StringComparison.Ordinal));

    private static IEnumerable<string> Directories(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [];
}
