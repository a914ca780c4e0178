using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.Json;
using EmPipeline.Zarr.Ome;

namespace EmPipeline.Zarr.V3;

/// <summary>Finds the arrays of a hierarchy: those that its OME metadata lists first, finest level first, then all others by path.</summary>
internal static class ZarrHierarchy
{
    public const string MetadataName = "zarr.json";

    /// <summary>The name of the format, as in <see cref="VolumeInfo.Format"/>.</summary>
    public const string FormatName = "zarr";
    private const int MaxArrays = 100_000;

    /// <summary>Opens the array at <paramref name="root"/>, or all arrays below it.</summary>
    /// <param name="more">As for <see cref="Filters.NumcodecsCodecs.Create"/>.</param>
    /// <param name="expected">As for <see cref="ZarrVolumes.OpenAsync(VolumePath, Func{NdIndex, bool}, CancellationToken)"/>.</param>
    public static async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(
        VolumePath root, IReadOnlyDictionary<string, IBytesCodec>? more, CancellationToken cancellation, Func<NdIndex, bool>? expected = null)
    {
        var nodes = await NodesAsync(root, cancellation);
        var listed = new Dictionary<string, OmeLevel>();
        // Groups from the outside in, so that an image comes before its labels.
        foreach (var (path, json) in nodes.Where(node => !IsArray(node.Json)).OrderBy(node => node.Path, StringComparer.Ordinal))
        {
            if (json.FindValue("attributes") is not { } attributes)
                continue;
            foreach (var level in OmeMultiscales.Levels(attributes))
                listed.TryAdd(GroupPath.Join(path, level.Path), level);
        }

        await AddFromAboveAsync(root, listed, cancellation);
        var arrays = nodes.Where(node => IsArray(node.Json)).ToDictionary(node => node.Path, node => node.Json);
        var order = listed.Keys.Where(arrays.ContainsKey).Concat(arrays.Keys.Where(path => !listed.ContainsKey(path)).Order(StringComparer.Ordinal));
        var readers = new List<IVolumeReader>();
        EmException? unread = null;
        foreach (var path in order)
        {
            try
            {
                readers.Add(Open(path, arrays[path], root.Below(path), listed.GetValueOrDefault(path), more, expected));
            }
            catch (EmException e) when (e.Fault == Fault.Unsupported)
            {
                // One array of texts, say, does not stand in the way of the others.
                unread ??= e;
            }
        }

        return readers.Count > 0 || unread is null ? readers : throw unread;
    }

    /// <summary>The groups above the opened path may say what its arrays are; the nearest counts.</summary>
    private static async ValueTask AddFromAboveAsync(VolumePath root, Dictionary<string, OmeLevel> listed, CancellationToken cancellation)
    {
        foreach (var group in GroupPath.SelfAndAncestors(root.Key).Skip(1))
        {
            if (listed.Count > 0)
                return;
            if ((await JsonFile.ReadAsync(root with { Key = GroupPath.Join(group, MetadataName) }, cancellation))?.FindValue("attributes") is not { } attributes)
                continue;
            foreach (var level in OmeMultiscales.Levels(attributes))
            {
                var path = GroupPath.Join(group, level.Path);
                if (path == root.Key || path.StartsWith(root.Key + "/", StringComparison.Ordinal))
                    listed.TryAdd(path[Math.Min(path.Length, root.Key.Length + 1)..], level);
            }
        }
    }

    /// <summary>A reader of one array.</summary>
    internal static IVolumeReader Open(
        string name, JsonField json, VolumePath folder, OmeLevel? level, IReadOnlyDictionary<string, IBytesCodec>? more = null, Func<NdIndex, bool>? expected = null)
    {
        var metadata = ArrayMetadata.Parse(json, more);
        var rank = metadata.IsComplex ? metadata.Shape.Rank - 1 : metadata.Shape.Rank;
        var attributes = json.FindValue("attributes");
        var named = OmeMultiscales.Letters(metadata.DimensionNames.Select(dimension => (dimension, (string?)null)));
        var axes = (level is null ? null : OmeMultiscales.AxesOf(level, rank))
            ?? (named.Length == rank && named.Trim('?').Length > 0 ? named : StatedAttributes.Axes(attributes, rank) ?? AxisLetters.Default(rank));
        var (size, origin) = level is null ? default : (OmeMultiscales.VoxelSizeOf(level, rank), (string?)Origin(level));
        if (size == VoxelSize.Unknown)
            (size, origin) = StatedAttributes.Size(attributes, axes, "attributes.");
        var shard = metadata.Codecs.PlainShard;
        var info = new VolumeInfo
        {
            Name = name,
            Format = FormatName,
            Shape = metadata.Shape,
            Axes = metadata.IsComplex ? axes + 'i' : axes,
            Type = metadata.Type,
            Grain = shard?.Inner.Shape ?? metadata.Chunk,
            VoxelSize = size,
            VoxelSizeOrigin = size == VoxelSize.Unknown ? null : origin,
            Centre = level is null ? null : OmePlace.Of(level, rank),
            Level = level?.Level ?? 0,
            Metadata = attributes is { } stated ? [.. JsonLeaves.Of(stated, MetadataName)] : [],
        };
        return shard is null ? new ChunkArrayReader(info, metadata, folder, expected) : new ShardedArrayReader(info, metadata, shard, folder, expected);
    }

    // Relative to "attributes", which every such value is.
    private static string Origin(OmeLevel level) =>
        level.Dataset.Path.Replace("attributes.", "", StringComparison.Ordinal).Replace("ome.", "", StringComparison.Ordinal);

    private static bool IsArray(JsonField json) => json.Find("node_type")?.AsText() == "array";

    private static async ValueTask<List<(string Path, JsonField Json)>> NodesAsync(VolumePath root, CancellationToken cancellation)
    {
        var nodes = new List<(string, JsonField)>();
        if (await JsonFile.ReadAsync(root.Below(MetadataName), cancellation) is { } own)
        {
            nodes.Add(("", own));
            if (IsArray(own))
                return nodes;
        }

        try
        {
            await AddListedAsync(root, nodes, cancellation);
        }
        catch (NotSupportedException)
        {
            await AddNamedAsync(root, nodes, cancellation);
        }

        return nodes;
    }

    private static async ValueTask AddListedAsync(VolumePath root, List<(string Path, JsonField Json)> nodes, CancellationToken cancellation)
    {
        var prefix = root.Prefix;
        await foreach (var found in root.Store.ListAsync(prefix, cancellation))
        {
            if (!found.Key.EndsWith("/" + MetadataName, StringComparison.Ordinal) || found.Key.Length <= prefix.Length + MetadataName.Length)
                continue;
            var path = found.Key[prefix.Length..^(MetadataName.Length + 1)];
            if (await JsonFile.ReadAsync(root.Below(path).Below(MetadataName), cancellation) is { } json)
                nodes.Add((path, json));
            if (nodes.Count > MaxArrays)
                throw EmException.Unsupported(root.ToString(), $"a hierarchy of more than {MaxArrays} nodes");
        }
    }

    /// <summary>For stores that cannot list: what the root's OME metadata and consolidated metadata name.</summary>
    private static async ValueTask AddNamedAsync(VolumePath root, List<(string Path, JsonField Json)> nodes, CancellationToken cancellation)
    {
        if (nodes.Count == 0)
            return;
        var json = nodes[0].Json;
        var names = new HashSet<string>();
        if (json.FindValue("attributes") is { } attributes)
            names.UnionWith(OmeMultiscales.Levels(attributes).Select(level => level.Path));
        if (json.FindValue("consolidated_metadata")?.FindValue("metadata") is { Element.ValueKind: System.Text.Json.JsonValueKind.Object } all)
            names.UnionWith(all.Element.EnumerateObject().Select(member => GroupPath.Normalise(member.Name, all)));
        foreach (var name in names.Order(StringComparer.Ordinal).Take(MaxArrays))
        {
            if (await JsonFile.ReadAsync(root.Below(name).Below(MetadataName), cancellation) is { } node)
                nodes.Add((name, node));
        }
    }
}
