using EmPipeline.Formats.Attributes;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// The Neuroglancer precomputed volume format: a folder with an <c>info</c> file; a folder of such folders (one layer each); one scale's
/// folder; or the <c>info</c> file itself.
/// </summary>
public sealed class PrecomputedFormat : IFormat
{
    public const string FormatName = "precomputed";

    private const string InfoName = "info";
    private const long MaximumInfoBytes = 64L << 20;

    // Objects looked through for layers below a folder; a folder of layers names its info files early or is something else.
    private const int MaximumListed = 100_000;

    public string Name => FormatName;

    public FormatDescription Description { get; } = new(
        "Neuroglancer precomputed",
        [],
        [
            "All scales of a volume, one or more channels, uint8 to uint64, int8 to int64, float32, float64.",
            "Unsharded chunks (voxel offset in the names; gzip content, also in files named .gz) and neuroglancer_uint64_sharded_v1 (identity and murmurhash3_x86_128; raw and gzip data and minishard indexes).",
            "Encodings raw, jpeg, png (8 and 16 bit), compressed_segmentation, compresso (versions 0 and 1).",
            "Chunks clipped at the edge, and padded to the full chunk as some writers do. Absent chunks and shards read as zeros.",
        ],
        [
            "Encodings jxl, crackle, fpzip, zfpc, kempressed: no kept decoder for them.",
            "With several chunk_sizes the first is read: the others hold the same voxels again.",
            "Meshes, skeletons, annotations: not volumes.",
            "The obsolete pair of .index and .data files in place of .shard.",
        ],
        new Uri("https://github.com/google/neuroglancer/blob/master/src/datasource/precomputed/volume.rst"));

    public IReadOnlyCollection<string> AttributeFiles { get; } = [InfoName, "provenance"];

    public async ValueTask<bool> RecognisesAsync(VolumeProbe probe, CancellationToken cancellation = default) =>
        probe.IsFile
            ? IsInfoFile(probe.Path.Key) && await IsVolumeAsync(Parent(probe.Path), cancellation)
            : (await FindLayersAsync(probe.Path, cancellation)).Count > 0;

    public IAsyncEnumerable<StoredAttribute> AttributesAsync(VolumePath file, CancellationToken cancellation = default) => JsonAttributes.ReadAsync(file, cancellation);

    public async ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default)
    {
        var layers = IsInfoFile(path.Key) && await path.Store.FindAsync(path.Key, cancellation) is not null
            ? [new Layer(Parent(path), "", null)]
            : await FindLayersAsync(path, cancellation);
        if (layers.Count == 0)
            throw EmException.Unavailable(path.ToString(), "got no info file of a volume, expected one there, one folder up or one folder down. Check the address.");
        var readers = new List<IVolumeReader>();
        foreach (var layer in layers)
        {
            var info = PrecomputedInfo.Parse(await ReadInfoAsync(layer.Folder, cancellation) ?? default, layer.Folder.Below(InfoName).ToString());
            for (var level = 0; level < info.Scales.Count; level++)
            {
                if (layer.OnlyScale is null || layer.OnlyScale == info.Scales[level].Key)
                    readers.Add(new PrecomputedReader(layer.Folder, info, level, layer.Name));
            }
        }

        return readers;
    }

    /// <summary>The <c>info</c> file of this folder, byte for byte; null when there is none.</summary>
    internal static ValueTask<byte[]?> ReadInfoAsync(VolumePath folder, CancellationToken cancellation) =>
        folder.Store.ReadAllAsync(folder.Child(InfoName), MaximumInfoBytes, cancellation);

    private static bool IsInfoFile(string key) => key == InfoName || key.EndsWith("/" + InfoName, StringComparison.Ordinal);

    private static async ValueTask<List<Layer>> FindLayersAsync(VolumePath path, CancellationToken cancellation)
    {
        if (await IsVolumeAsync(path, cancellation))
            return [new Layer(path, "", null)];
        if (path.Key.Length > 0 && await ReadInfoAsync(Parent(path), cancellation) is { } outer && PrecomputedInfo.Resembles(outer))
        {
            var key = path.Key[(path.Key.LastIndexOf('/') + 1)..];
            var info = PrecomputedInfo.Parse(outer, Parent(path).Below(InfoName).ToString());
            if (info.Scales.Any(scale => scale.Key == key))
                return [new Layer(Parent(path), "", key)];
        }

        return await FindLayersBelowAsync(path, cancellation);
    }

    private static async ValueTask<List<Layer>> FindLayersBelowAsync(VolumePath path, CancellationToken cancellation)
    {
        var layers = new List<Layer>();
        try
        {
            var prefix = path.Prefix;
            await foreach (var found in path.Store.ListAsync(prefix, cancellation).Take(MaximumListed))
            {
                var relative = found.Key[prefix.Length..];
                var name = relative[..Math.Max(0, relative.IndexOf('/'))];
                if (name.Length > 0 && relative[(name.Length + 1)..] == InfoName && await IsVolumeAsync(path.Below(name), cancellation))
                    layers.Add(new Layer(path.Below(name), name, null));
            }
        }
        catch (NotSupportedException)
        {
            // A web server lists nothing; there the address has to be that of the volume.
        }

        return layers;
    }

    private static async ValueTask<bool> IsVolumeAsync(VolumePath folder, CancellationToken cancellation) =>
        await ReadInfoAsync(folder, cancellation) is { } info && PrecomputedInfo.Resembles(info);

    private static VolumePath Parent(VolumePath path) => path with { Key = path.Key[..Math.Max(0, path.Key.LastIndexOf('/'))] };

    /// <param name="Name">The folder as seen from what was opened.</param>
    /// <param name="OnlyScale">The key of the one scale to open; null for all.</param>
    private readonly record struct Layer(VolumePath Folder, string Name, string? OnlyScale);
}
