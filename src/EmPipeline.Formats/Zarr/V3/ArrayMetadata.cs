using EmPipeline.Formats.Json;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Zarr.V3;

/// <summary>What an array's <c>zarr.json</c> says. Pure: made from JSON, no I/O.</summary>
/// <param name="Chunk">The shape of what one object holds: a chunk or a shard.</param>
/// <param name="Fill">One voxel's bytes.</param>
internal sealed record ArrayMetadata(
    NdIndex Shape, VoxelType Type, NdIndex Chunk, ChunkKeys Keys, ReadOnlyMemory<byte> Fill, CodecChain Codecs, IReadOnlyList<string?> DimensionNames)
{
    /// <exception cref="EmException">The metadata is damaged, or uses what is not supported.</exception>
    public static ArrayMetadata Parse(JsonField json)
    {
        if (json.Require("zarr_format").Integer() != 3)
            throw json.Require("zarr_format").Wrong("3");
        var shape = json.Require("shape").Index(minimum: 0);
        var type = ParseType(json);
        var grid = json.Require("chunk_grid");
        if (grid.Require("name").Text() != "regular")
            throw EmException.Unsupported(json.File.ToString(), $"the chunk grid '{grid.Require("name").Text()}'");
        var chunkField = grid.Require("configuration").Require("chunk_shape");
        var chunk = chunkField.Index(minimum: 1);
        if (chunk.Rank != shape.Rank)
            throw chunkField.Wrong($"{shape.Rank} axes");
        if (json.FindValue("storage_transformers") is { } transformers && transformers.Items().Any())
            throw EmException.Unsupported(json.File.ToString(), "a storage transformer");
        var fill = FillValues.Parse(json.Find("fill_value"), type);
        CheckSize(json, shape, chunk, type);
        var codecs = new CodecParser(type, fill).Parse(json.Require("codecs"), chunk);
        return new ArrayMetadata(shape, type, chunk, ParseKeys(json), fill, codecs, Names(json, shape.Rank));
    }

    private static VoxelType ParseType(JsonField json)
    {
        var field = json.Require("data_type");
        if (field.AsText() is not { } name)
            throw EmException.Unsupported(json.File.ToString(), "a data type with parameters");
        return VoxelTypes.Parse(name) ?? throw EmException.Unsupported(json.File.ToString(), $"the data type '{name}'");
    }

    private static ChunkKeys ParseKeys(JsonField json)
    {
        var field = json.Require("chunk_key_encoding");
        var name = field.Require("name").Text();
        if (name is not ("default" or "v2"))
            throw EmException.Unsupported(json.File.ToString(), $"the chunk key encoding '{name}'");
        var separator = field.Find("configuration")?.Find("separator")?.Text() ?? (name == "default" ? "/" : ".");
        if (separator is not ("/" or "."))
            throw field.Wrong("the separator '/' or '.'");
        return new ChunkKeys(separator[0], name == "default");
    }

    private static IReadOnlyList<string?> Names(JsonField json, int rank)
    {
        if (json.FindValue("dimension_names") is not { } field)
            return [];
        var names = field.Items().Select(item => item.AsText()).ToArray();
        return names.Length == rank ? names : throw field.Wrong($"{rank} names");
    }

    private static void CheckSize(JsonField json, NdIndex shape, NdIndex chunk, VoxelType type)
    {
        try
        {
            _ = checked(shape.Volume * type.Size());
            _ = checked(chunk.Volume * type.Size());
            _ = shape + chunk;
        }
        catch (OverflowException)
        {
            throw EmException.Unsupported(json.File.ToString(), $"an array of {shape} in chunks of {chunk} (more bytes than 64 bits count)");
        }
    }
}
