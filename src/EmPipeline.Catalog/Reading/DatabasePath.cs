using System.Collections.Concurrent;

namespace EmPipeline.Catalog.Reading;

/// <summary>
/// How a database's path is spelled. All connections of this process to one spelling share one database for as long as any is open, so a file that took
/// another's place needs another spelling to be seen while that is still being asked.
/// </summary>
internal static class DatabasePath
{
    // By when it returns to the first, that is long closed.
    private const int Spellings = 16;
    private static readonly ConcurrentDictionary<string, (DateTime Written, int Spelling)> Known = [];

    /// <summary>A spelling of a file's path that is the same as long as the file is. Safe for concurrent use.</summary>
    /// <param name="folder">A full path.</param>
    public static string Of(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        var written = File.GetLastWriteTimeUtc(path);
        var (_, spelling) = Known.AddOrUpdate(path, (written, 0), (_, known) => known.Written == written ? known : (written, (known.Spelling + 1) % Spellings));
        return Path.Combine([folder, .. Enumerable.Repeat(".", spelling), name]);
    }
}
