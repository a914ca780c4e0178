using System.Text.Json;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;
using EmPipeline.Zarr.Ome;

namespace EmPipeline.Zarr.V2;

/// <summary>
/// The groups and arrays of a store. Paths here are keys of the store, so that the groups above the opened path are in reach. Used by one
/// thread while a path is opened, then dropped.
/// </summary>
internal sealed class ZarrV2Hierarchy(VolumePath opened)
{
    private const string Attributes = ".zattrs", Group = ".zgroup", Consolidated = ".zmetadata";
    private const int MaxArrays = 20_000, MaxSeries = 10_000;

    // What .zmetadata holds, by key; null when there is none and every file is read where it is.
    private readonly Dictionary<string, JsonField> _files = [];
    private bool _isConsolidated;

    /// <summary>Whether a Zarr v2 array or group is at this path, by its own files.</summary>
    public static async ValueTask<bool> IsAtAsync(VolumePath path, CancellationToken cancellation)
    {
        foreach (var name in (string[])[ZarrV2Metadata.FileName, Group, Consolidated])
        {
            if (await path.Store.FindAsync(path.Child(name), cancellation) is not null)
                return true;
        }

        return false;
    }

    /// <summary>The paths of all arrays at and below the opened path.</summary>
    /// <exception cref="EmException">There are none, or the store cannot list and no metadata names them.</exception>
    public async ValueTask<IReadOnlyList<string>> ArraysAsync(CancellationToken cancellation)
    {
        if (await FileAsync(opened.Key, ZarrV2Metadata.FileName, cancellation) is not null)
            return [opened.Key];
        await LoadConsolidatedAsync(cancellation);
        var found = _isConsolidated ? [.. ConsolidatedArrays()] : await ListAsync(cancellation) ?? await FollowAsync(opened.Key, cancellation);
        return found.Count > 0 ? found : throw EmException.Unavailable(
            opened.ToString(), $"got no {ZarrV2Metadata.FileName} here or below, expected at least one. Check the path.");
    }

    public async ValueTask<ZarrV2Metadata> MetadataAsync(string array, CancellationToken cancellation) =>
        ZarrV2Metadata.Parse(await FileAsync(array, ZarrV2Metadata.FileName, cancellation) ?? throw EmException.Corrupt(
            opened.Store.Locate(array), $"got no {ZarrV2Metadata.FileName}, expected the array that the group's metadata names."));

    /// <summary>The attributes of an array or group; null when it has none.</summary>
    public ValueTask<JsonField?> AttributesAsync(string path, CancellationToken cancellation) => FileAsync(path, Attributes, cancellation);

    /// <summary>The level that this array is of a multiscale image, as the nearest group says that describes it, and that group's path.</summary>
    public async ValueTask<(OmeLevel Level, string Group)?> LevelAsync(string array, CancellationToken cancellation)
    {
        foreach (var group in GroupPath.SelfAndAncestors(array).Skip(1))
        {
            if (await AttributesAsync(group, cancellation) is not { } attributes)
                continue;
            foreach (var level in OmeMultiscales.Levels(attributes))
            {
                if (GroupPath.Join(group, level.Path) == array)
                    return (level, group);
            }
        }

        return null;
    }

    private async ValueTask<JsonField?> FileAsync(string path, string name, CancellationToken cancellation)
    {
        var key = GroupPath.Join(path, name);
        if (_files.TryGetValue(key, out var known))
            return known.Element.ValueKind == JsonValueKind.Undefined ? null : known;
        // Consolidated metadata is complete for what lies below it.
        var below = _isConsolidated && (path == opened.Key || path.StartsWith(opened.Prefix, StringComparison.Ordinal));
        var read = below ? null : await JsonFile.ReadAsync(opened with { Key = key }, cancellation);
        _files[key] = read ?? default;
        return read;
    }

    private async ValueTask LoadConsolidatedAsync(CancellationToken cancellation)
    {
        if (await FileAsync(opened.Key, Consolidated, cancellation) is not { } file)
            return;
        var metadata = file.Require("metadata");
        if (metadata.Element.ValueKind != JsonValueKind.Object)
            throw metadata.Wrong("an object");
        foreach (var member in metadata.Element.EnumerateObject())
            _files[GroupPath.Join(opened.Key, GroupPath.Normalise(member.Name, metadata))] = new JsonField(member.Value, file.File, $"metadata[\"{member.Name}\"]");
        _isConsolidated = true;
    }

    private IEnumerable<string> ConsolidatedArrays() =>
        _files.Where(file => file.Value.Element.ValueKind == JsonValueKind.Object).Select(file => ArrayOf(file.Key)).OfType<string>().Order(StringComparer.Ordinal);

    /// <returns>Null when the store cannot list.</returns>
    private async ValueTask<IReadOnlyList<string>?> ListAsync(CancellationToken cancellation)
    {
        var found = new List<string>();
        try
        {
            await foreach (var item in opened.Store.ListAsync(opened.Prefix, cancellation))
            {
                if (ArrayOf(item.Key) is { } array)
                    found.Add(array);
                if (found.Count > MaxArrays)
                    throw EmException.Unsupported(opened.ToString(), $"a group of more than {MaxArrays} arrays");
            }
        }
        catch (NotSupportedException)
        {
            return null;
        }

        return found;
    }

    /// <summary>The arrays that the group's own metadata leads to: images, their labels, and the series of bioformats2raw.</summary>
    private async ValueTask<IReadOnlyList<string>> FollowAsync(string group, CancellationToken cancellation)
    {
        var attributes = await AttributesAsync(group, cancellation);
        List<string> found = [.. await ImagesAsync(group, cancellation)];
        if (attributes?.Find("bioformats2raw.layout") is not null)
        {
            for (var series = 0; series < MaxSeries; series++)
            {
                var images = await ImagesAsync(GroupPath.Join(group, $"{series}"), cancellation);
                if (images.Count == 0)
                    break;
                found.AddRange(images);
            }
        }

        return found.Count > 0 ? found : throw EmException.Unsupported(
            opened.ToString(), "a group with neither multiscales nor consolidated metadata, on a server that does not list its files (name an array instead),");
    }

    private async ValueTask<IReadOnlyList<string>> ImagesAsync(string group, CancellationToken cancellation)
    {
        var found = new List<string>();
        if (await AttributesAsync(group, cancellation) is { } attributes)
            found.AddRange(OmeMultiscales.Levels(attributes).Select(level => GroupPath.Join(group, level.Path)));
        var labels = GroupPath.Join(group, "labels");
        if (await AttributesAsync(labels, cancellation) is not { } list)
            return found;
        foreach (var label in list.FindValue("labels") is { } names ? names.Items() : [])
        {
            var path = GroupPath.Join(labels, GroupPath.Normalise(label.Text(), label));
            if (await AttributesAsync(path, cancellation) is { } image)
                found.AddRange(OmeMultiscales.Levels(image).Select(level => GroupPath.Join(path, level.Path)));
        }

        return [.. found.Distinct()];
    }

    private static string? ArrayOf(string key) =>
        key == ZarrV2Metadata.FileName ? "" : key.EndsWith("/" + ZarrV2Metadata.FileName, StringComparison.Ordinal) ? key[..^(ZarrV2Metadata.FileName.Length + 1)] : null;
}
