using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats;

/// <summary>What the formats share that keep arrays in a hierarchy of folders.</summary>
internal static class ArrayHierarchy
{
    /// <summary>One array that was opened.</summary>
    /// <param name="Group">The pyramid that it belongs to; itself where it belongs to none.</param>
    public readonly record struct OpenedArray(string Group, int Level, IVolumeReader Reader);

    /// <summary>Opens every array that can be read: pyramids in the order of their names, the finest level first.</summary>
    /// <exception cref="EmException">None can be read: why not the first.</exception>
    public static async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(IEnumerable<string> arrays, Func<string, ValueTask<OpenedArray>> open)
    {
        var opened = new List<OpenedArray>();
        EmException? unread = null;
        foreach (var array in arrays)
        {
            try
            {
                opened.Add(await open(array));
            }
            catch (EmException e) when (e.Fault == Fault.Unsupported)
            {
                // One array of texts, say, does not stand in the way of the others.
                unread ??= e;
            }
        }

        if (opened.Count == 0 && unread is not null)
            throw unread;
        return [.. opened.OrderBy(array => array.Group, StringComparer.Ordinal).ThenBy(array => array.Level).Select(array => array.Reader)];
    }

    /// <summary>Whether any folder below holds a metadata file of this name that <paramref name="isArray"/> takes for an array's, as far as the first keys show.</summary>
    public static async ValueTask<bool> HoldsArraysAsync(
        VolumePath path, string metadataName, int probedKeys, Func<string, ValueTask<bool>> isArray, CancellationToken cancellation)
    {
        try
        {
            var (seen, ending) = (0, "/" + metadataName);
            await foreach (var item in path.Store.ListAsync(path.Prefix, cancellation))
            {
                if (item.Key.EndsWith(ending, StringComparison.Ordinal) && await isArray(item.Key[..^ending.Length]))
                    return true;
                if (++seen == probedKeys)
                    return false;
            }
        }
        catch (NotSupportedException)
        {
            // A server without listings: only what lies at the path itself can be known.
        }

        return false;
    }

    /// <summary>An array's name below the path that was opened.</summary>
    public static string NameBelow(VolumePath opened, string array) =>
        array[Math.Min(array.Length, opened.Prefix.Length)..];
}
