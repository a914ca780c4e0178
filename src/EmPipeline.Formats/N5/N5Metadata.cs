using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Formats.N5;

/// <summary>A dataset's attributes.json, checked. N5 lists the fastest axis first; shapes here are already slowest first.</summary>
internal sealed record N5Metadata(NdIndex Shape, NdIndex BlockShape, VoxelType Type, JsonField Json)
{
    public const string FileName = "attributes.json";

    /// <summary>Whether these attributes are a dataset's, not a group's.</summary>
    public static bool IsDataset(JsonField attributes) => attributes.Find("dimensions") is not null && attributes.Find("blockSize") is not null;

    /// <exception cref="EmException">Something is missing, wrong or unsupported; the message names the file and the member.</exception>
    public static N5Metadata Parse(JsonField json)
    {
        // Shards have other names than blocks: reading on would find only absent ones.
        if ((json.FindValue("shardSize") ?? (json.FindValue("compression") is null ? json.FindValue("codecs") : null)) is { } sharded)
            throw EmException.Unsupported(json.File.ToString(), $"a sharded dataset (\"{sharded.Path}\")");
        var shape = json.Require("dimensions").Index(minimum: 0);
        var blockSize = json.Require("blockSize");
        var blockShape = blockSize.Index(minimum: 1);
        if (blockShape.Rank != shape.Rank || shape.Rank == 0)
            throw blockSize.Wrong($"{Math.Max(1, shape.Rank)} integers, as many as \"dimensions\" has");
        var dataType = json.Require("dataType");
        var type = VoxelTypes.Parse(dataType.Text()) switch
        {
            { } known and not VoxelType.Boolean and not VoxelType.Float16 => known,
            _ => throw EmException.Unsupported(json.File.ToString(), $"a dataset of type '{dataType.Text()}'"),
        };
        CheckSize(json, "dimensions", shape, type, long.MaxValue);
        CheckSize(json, "blockSize", blockShape, type, Array.MaxLength);
        return new N5Metadata(Reversed(shape), Reversed(blockShape), type, json);
    }

    /// <summary>The other order of axes.</summary>
    public static NdIndex Reversed(NdIndex index)
    {
        var values = index.ToArray();
        Array.Reverse(values);
        return new NdIndex(values);
    }

    private static void CheckSize(JsonField json, string name, NdIndex shape, VoxelType type, long maximum)
    {
        var bytes = (Int128)type.Size();
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            bytes *= shape[axis];
            if (bytes > maximum)
                throw EmException.Unsupported(json.File.ToString(), $"{name} {shape}, more than {maximum} bytes,");
        }
    }
}
