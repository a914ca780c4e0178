namespace EmPipeline.Storage;

/// <summary>Files below a folder in ordinal order of their keys, holding one folder's names at a time per level.</summary>
internal static class LocalListing
{
    public static IEnumerable<(string Key, FileInfo File)> Walk(string root, string prefix)
    {
        var slash = prefix.LastIndexOf('/');
        var start = slash < 0 ? "" : prefix[..(slash + 1)];
        StoreKey.Check(root, start.TrimEnd('/'));
        var folder = new DirectoryInfo(Path.Combine(root, start.Replace('/', Path.DirectorySeparatorChar)));
        var pending = new Stack<IEnumerator<(string Key, FileSystemInfo Entry)>>();
        if (folder.Exists)
            pending.Push(Sorted(folder, start, prefix));
        while (pending.TryPeek(out var level))
        {
            if (!level.MoveNext())
                pending.Pop().Dispose();
            else if (level.Current.Entry is DirectoryInfo below)
                pending.Push(Sorted(below, level.Current.Key, prefix));
            else
                yield return (level.Current.Key, (FileInfo)level.Current.Entry);
        }
    }

    // A folder sorts as "name/", for that is what the keys below it begin with: "a-b" comes before "a/b" and "a/b" before "a0".
    private static IEnumerator<(string Key, FileSystemInfo Entry)> Sorted(DirectoryInfo folder, string start, string prefix) =>
        folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 })
            .Select(entry => (Key: entry is DirectoryInfo ? $"{start}{entry.Name}/" : start + entry.Name, Entry: entry))
            .Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal)
                || (item.Entry is DirectoryInfo && prefix.StartsWith(item.Key, StringComparison.Ordinal)))
            .OrderBy(item => item.Key, StringComparer.Ordinal)
            .GetEnumerator();
}
