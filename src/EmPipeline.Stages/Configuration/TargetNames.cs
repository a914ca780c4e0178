using EmPipeline.Volumes;

namespace EmPipeline.Stages.Configuration;

/// <summary>What the files of several web addresses are called on disk: the last part of each, or as much of the path as tells them apart.</summary>
internal static class TargetNames
{
    /// <returns>One name an address, all different, in one folder: parts of a path are joined by '_'.</returns>
    /// <exception cref="EmException">Two addresses differ in something that is no part of a file name.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<Uri> addresses, string place)
    {
        var parts = addresses.Select(address => address.Segments.Select(Name).Where(part => part.Length > 0).ToArray()).ToList();
        var shared = SharedParts(parts);
        var names = parts.Select(path => path.Length == 0 ? "" : path[^1]).ToList();
        if (HasTwice(names) is not null)
            names = parts.Select(path => string.Join('_', path[shared..])).ToList();
        // A file system that ignores case would put one over the other.
        if (HasTwice(names) is { } twice)
        {
            var same = addresses.Where((_, i) => names[i].Equals(twice, StringComparison.OrdinalIgnoreCase)).Take(2).Select(address => address.OriginalString).ToList();
            throw new EmException(
                Fault.Configuration, $"{place}: got {same[0]} and {same[1]}, which would both become '{twice}', expected addresses whose paths tell them apart. Make a dataset of each.");
        }

        return names;
    }

    /// <summary>The last part of one address.</summary>
    public static string Of(Uri address) => Name(address.Segments[^1]);

    // An escaped '/' is part of a name for the server, and would be a folder here, or one above.
    private static string Name(string part) => string.Join('_', Uri.UnescapeDataString(part.Trim('/')).Split('/', '\\'));

    private static string? HasTwice(List<string> names) => names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1)?.Key;

    // Leading parts that all paths have in common, never the last.
    private static int SharedParts(List<string[]> paths)
    {
        var shared = 0;
        while (paths.All(path => path.Length > shared + 1 && path[shared] == paths[0][shared]))
            shared++;
        return shared;
    }
}
