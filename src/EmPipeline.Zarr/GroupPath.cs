using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr;

/// <summary>Paths of arrays and groups inside a hierarchy: '/' between names, none at either end, "" for the outermost group.</summary>
internal static class GroupPath
{
    /// <summary>A path as metadata states it, without "." and empty parts.</summary>
    /// <param name="statedBy">The value it belongs to, for the message.</param>
    /// <exception cref="Volumes.EmException">The path leaves its group.</exception>
    public static string Normalise(string path, JsonField statedBy)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        return parts.Contains("..") || path.Contains('\\', StringComparison.Ordinal) ? throw statedBy.Wrong("a path inside the group") : string.Join('/', parts);
    }

    public static string Join(string group, string path) => group.Length == 0 ? path : path.Length == 0 ? group : $"{group}/{path}";

    /// <summary>The path itself, its group, that group's group … and last "".</summary>
    public static IEnumerable<string> SelfAndAncestors(string path)
    {
        yield return path;
        while (path.Length > 0)
        {
            path = path[..Math.Max(0, path.LastIndexOf('/'))];
            yield return path;
        }
    }
}
