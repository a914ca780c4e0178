using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.V3;

/// <summary>The <c>zarr.json</c> of arrays and of the group: Zarr v3 core, sharding codec, OME-Zarr 0.5.</summary>
internal static class MetadataWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The metadata of one level's array. The fill value is zero.</summary>
    public static JsonObject Array(LevelGrid level, VoxelType type, ShardCodec codec)
    {
        var inner = new JsonArray { Codec("bytes", new JsonObject { ["endian"] = "little" }) };
        if (codec.IsZstd)
            inner.Add((JsonNode)Codec("zstd", new JsonObject { ["level"] = codec.Level, ["checksum"] = false }));
        if (codec.IsLz4)
        {
            inner.Add((JsonNode)Codec("blosc", new JsonObject
            {
                ["cname"] = codec.Level < BloscLz4Encoder.LeastThorough ? "lz4" : "lz4hc", ["clevel"] = codec.Level, ["shuffle"] = "noshuffle", ["typesize"] = type.Size(), ["blocksize"] = 0,
            }));
        }

        inner.Add((JsonNode)Codec("crc32c"));
        var sharding = Codec("sharding_indexed", new JsonObject
        {
            ["chunk_shape"] = Index(level.Chunk),
            ["codecs"] = inner,
            ["index_codecs"] = new JsonArray { Codec("bytes", new JsonObject { ["endian"] = "little" }), Codec("crc32c") },
            ["index_location"] = "end",
        });
        return new JsonObject
        {
            ["zarr_format"] = 3,
            ["node_type"] = "array",
            ["shape"] = Index(level.Shape),
            ["data_type"] = type.Name(),
            ["chunk_grid"] = Codec("regular", new JsonObject { ["chunk_shape"] = Index(level.Shard) }),
            ["chunk_key_encoding"] = Codec("default", new JsonObject { ["separator"] = "/" }),
            ["fill_value"] = type == VoxelType.Boolean ? false : type.IsFloat() ? 0.0 : 0,
            ["codecs"] = new JsonArray { sharding },
            ["attributes"] = new JsonObject(),
            ["dimension_names"] = new JsonArray("z", "y", "x"),
        };
    }

    /// <summary>
    /// The group: multiscales with the scale of each level and the shift of its first voxel's centre, since a merged voxel's centre lies
    /// between those it was merged from; how the levels were merged; and what grey values a viewer should begin with.
    /// </summary>
    /// <param name="window">Null where there is nothing to see.</param>
    public static JsonObject Group(IReadOnlyList<LevelGrid> levels, RechunkOptions options, DownsampleMethod method, DisplayWindow? window)
    {
        double?[] size = [options.VoxelSize.Z, options.VoxelSize.Y, options.VoxelSize.X];
        double[] first = options.Label is { Centre: var (z, y, x) } ? [z, y, x] : [0, 0, 0];
        var axes = new JsonArray();
        for (var axis = 0; axis < size.Length; axis++)
        {
            var entry = new JsonObject { ["name"] = "zyx"[axis].ToString(), ["type"] = "space" };
            if (size[axis] is not null)
                entry["unit"] = "nanometer";
            axes.Add((JsonNode)entry);
        }

        var datasets = new JsonArray();
        foreach (var level in levels)
        {
            var (scale, translation) = (new JsonArray(), new JsonArray());
            for (var axis = 0; axis < size.Length; axis++)
            {
                var voxel = size[axis] ?? 1;
                scale.Add((JsonNode)(voxel * level.Scale[axis]));
                translation.Add((JsonNode)(first[axis] + (voxel * (level.Scale[axis] - 1) / 2)));
            }

            datasets.Add((JsonNode)new JsonObject
            {
                ["path"] = ShardFolder.LevelName(level.Level),
                ["coordinateTransformations"] = new JsonArray
                {
                    new JsonObject { ["type"] = "scale", ["scale"] = scale },
                    new JsonObject { ["type"] = "translation", ["translation"] = translation },
                },
            });
        }

        var attributes = options.Attributes?.DeepClone().AsObject() ?? [];
        var ome = new JsonObject
        {
            ["version"] = "0.5",
            ["multiscales"] = new JsonArray
            {
                new JsonObject
                {
                    ["name"] = options.Name, ["type"] = method == DownsampleMethod.Mean ? "mean" : "mode", ["axes"] = axes, ["datasets"] = datasets,
                    ["metadata"] = Merging(method),
                },
            },
        };
        if (window is not null)
            ome["omero"] = Display(options.Name, window);
        attributes["ome"] = ome;
        return new JsonObject { ["zarr_format"] = 3, ["node_type"] = "group", ["attributes"] = attributes };
    }

    public static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString(Indented) + "\n");

    /// <summary>How the coarser levels were made, in the words of the specification.</summary>
    private static JsonObject Merging(DownsampleMethod method) => new()
    {
        ["method"] = "EmPipeline",
        ["description"] = method == DownsampleMethod.Mean
            ? "The mean of the voxels that a coarser one covers, halves rounded up; an axis is halved unless its voxel is twice as long as the shortest."
            : "The most frequent of the voxels that a coarser one covers, of several the first; an axis is halved unless its voxel is twice as long as the shortest.",
    };

    private static JsonObject Display(string name, DisplayWindow window) => new()
    {
        ["channels"] = new JsonArray
        {
            new JsonObject
            {
                ["label"] = name, ["color"] = "FFFFFF", ["active"] = true,
                ["window"] = new JsonObject { ["min"] = window.Min, ["max"] = window.Max, ["start"] = window.Start, ["end"] = window.End },
            },
        },
        ["rdefs"] = new JsonObject { ["model"] = "greyscale" },
    };

    private static JsonObject Codec(string name, JsonObject? configuration = null)
    {
        var codec = new JsonObject { ["name"] = name };
        if (configuration is not null)
            codec["configuration"] = configuration;
        return codec;
    }

    private static JsonArray Index(NdIndex index) => [.. index.ToArray().Select(value => (JsonNode)value)];
}
