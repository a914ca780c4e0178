using EmPipeline.Zarr;

namespace EmPipeline.Formats.ImageStack;

/// <summary>Lists the slices of a folder.</summary>
internal static class ImageStackFolder
{
    /// <summary>What kind of slice a file's name says it is; null for none.</summary>
    public static string? Kind(string fileName) => Path.GetExtension(fileName).ToLowerInvariant() switch
    {
        // Files that start with a dot are what operating systems leave behind.
        _ when fileName.StartsWith('.') => null,
        ".png" => "PNG",
        ".jpg" or ".jpeg" => "JPEG",
        ".tif" or ".tiff" => "TIFF",
        ".dm3" or ".dm4" => "DM",
        _ => null,
    };

    /// <summary>The names of the files of the most frequent kind, in natural order, and how many of other kinds there are.</summary>
    public static async ValueTask<(IReadOnlyList<SliceName> Slices, int Others)> ListAsync(VolumePath folder, CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (var found in folder.Store.ListAsync(folder.Prefix, cancellation))
        {
            var name = found.Key[folder.Prefix.Length..];
            if (!name.Contains('/', StringComparison.Ordinal) && Kind(name) is not null)
                names.Add(name);
        }

        var kinds = names.GroupBy(Kind).OrderByDescending(kind => kind.Count()).ThenBy(kind => kind.Key, StringComparer.Ordinal).ToList();
        if (kinds.Count == 0)
            return ([], 0);
        return ([.. kinds[0].Select(name => new SliceName(name)).Order()], names.Count - kinds[0].Count());
    }
}
