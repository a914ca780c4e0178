using System.Globalization;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Formats.N5;

/// <summary>
/// The groups and datasets of a store. Paths here are keys of the store, so that the groups above the opened path are in reach. Used by one
/// thread while a path is opened, then dropped.
/// </summary>
internal sealed class N5Hierarchy(VolumePath opened)
{
    private const int MaxDatasets = 20_000, MaxLevels = 64;
    private readonly Dictionary<string, JsonField?> _attributes = [];

    /// <summary>A group's or dataset's attributes; null when it has none.</summary>
    public async ValueTask<JsonField?> AttributesAsync(string path, CancellationToken cancellation)
    {
        if (_attributes.TryGetValue(path, out var known))
            return known;
        var read = await JsonFile.ReadAsync(opened with { Key = GroupPath.Join(path, N5Metadata.FileName) }, cancellation);
        if (read is { Element.ValueKind: not System.Text.Json.JsonValueKind.Object } other)
            throw other.Wrong("an object");
        return _attributes[path] = read;
    }

    public async ValueTask<bool> IsDatasetAsync(string path, CancellationToken cancellation) =>
        await AttributesAsync(path, cancellation) is { } attributes && N5Metadata.IsDataset(attributes);

    /// <summary>The paths of all datasets at and below the opened path.</summary>
    /// <exception cref="EmException">There are none, or the store cannot list and no metadata names them.</exception>
    public async ValueTask<IReadOnlyList<string>> DatasetsAsync(CancellationToken cancellation)
    {
        if (await IsDatasetAsync(opened.Key, cancellation))
            return [opened.Key];
        var found = await ListAsync(cancellation) ?? await FollowAsync(cancellation);
        return found.Count > 0 ? found : throw EmException.Unavailable(
            opened.ToString(), $"got no dataset's {N5Metadata.FileName} here or below, expected at least one. Check the path.");
    }

    /// <returns>Null when the store cannot list.</returns>
    private async ValueTask<IReadOnlyList<string>?> ListAsync(CancellationToken cancellation)
    {
        var paths = new List<string>();
        try
        {
            await foreach (var item in opened.Store.ListAsync(opened.Prefix, cancellation))
            {
                if (item.Key.EndsWith("/" + N5Metadata.FileName, StringComparison.Ordinal))
                    paths.Add(item.Key[..^(N5Metadata.FileName.Length + 1)]);
                if (paths.Count > MaxDatasets)
                    throw EmException.Unsupported(opened.ToString(), $"a group of more than {MaxDatasets} datasets and groups");
            }
        }
        catch (NotSupportedException)
        {
            return null;
        }

        var found = new List<string>();
        foreach (var path in paths)
        {
            if (await IsDatasetAsync(path, cancellation))
                found.Add(path);
        }

        return found;
    }

    /// <summary>The datasets that the group's own metadata names, or else the levels s0, s1, … of the group or of a paintera group's "data".</summary>
    private async ValueTask<IReadOnlyList<string>> FollowAsync(CancellationToken cancellation)
    {
        var found = new List<string>();
        if (await AttributesAsync(opened.Key, cancellation) is { } attributes)
            found.AddRange(N5Scales.MultiscalePaths(attributes).Select(path => GroupPath.Join(opened.Key, path)).Distinct());
        foreach (var group in (string[])[opened.Key, GroupPath.Join(opened.Key, "data")])
        {
            for (var level = 0; level < MaxLevels && (found.Count == level); level++)
            {
                var path = GroupPath.Join(group, string.Create(CultureInfo.InvariantCulture, $"s{level}"));
                if (await IsDatasetAsync(path, cancellation))
                    found.Add(path);
            }
        }

        return found.Count > 0 ? found : throw EmException.Unsupported(
            opened.ToString(), "a group without multiscale metadata, on a server that does not list its files (name a dataset instead),");
    }
}
