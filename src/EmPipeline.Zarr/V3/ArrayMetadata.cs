using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// What an array's <c>zarr.json</c> says. Pure: made from JSON, no I/O. The parts of complex numbers are one more axis of every shape.
/// </summary>
/// <param name="IsComplex">The last axis is that of the parts.</param>
/// <param name="Chunk">The shape of what one object holds: a chunk or a shard.</param>
/// <param name="Fill">One element's bytes: a voxel, or both parts of a complex number.</param>
internal sealed record ArrayMetadata(
    NdIndex Shape, VoxelType Type, bool IsComplex, NdIndex Chunk, ChunkKeys Keys, ReadOnlyMemory<byte> Fill, CodecChain Codecs, IReadOnlyList<string?> DimensionNames)
{
    /// <exception cref="EmException">The metadata is damaged, or uses what is not supported.</exception>
    public static ArrayMetadata Parse(JsonField json, IReadOnlyDictionary<string, IBytesCodec>? more = null)
    {
        if (json.Require("zarr_format").Integer() != 3)
            throw json.Require("zarr_format").Wrong("3");
        var (type, isComplex) = ParseType(json);
        var shape = WithParts(json.Require("shape"), json.Require("shape").Index(minimum: 0), isComplex);
        var grid = json.Require("chunk_grid");
        if (grid.Require("name").Text() != "regular")
            throw EmException.Unsupported(json.File.ToString(), $"the chunk grid '{grid.Require("name").Text()}'");
        var chunkField = grid.Require("configuration").Require("chunk_shape");
        var chunk = WithParts(chunkField, chunkField.Index(minimum: 1), isComplex);
        if (chunk.Rank != shape.Rank)
            throw chunkField.Wrong($"as many axes as shape has");
        if (json.FindValue("storage_transformers") is { } transformers && transformers.Items().Any())
            throw EmException.Unsupported(json.File.ToString(), "a storage transformer");
        var fill = FillValues.Parse(json.Find("fill_value"), type, isComplex);
        CheckSize(json, shape, chunk, type);
        var codecs = new CodecParser(type, isComplex, fill, more).Parse(json.Require("codecs"), chunk);
        return new ArrayMetadata(shape, type, isComplex, chunk, ParseKeys(json, isComplex), fill, codecs, Names(json, isComplex ? shape.Rank - 1 : shape.Rank));
    }

    /// <summary>The shape with the axis that a complex number's parts make.</summary>
    /// <exception cref="EmException">That is one axis too many.</exception>
    public static NdIndex WithParts(JsonField field, NdIndex shape, bool isComplex) =>
        !isComplex ? shape
        : shape.Rank < NdIndex.MaxRank ? new NdIndex([.. shape.ToArray(), 2])
        : throw EmException.Unsupported(field.File.ToString(), $"a complex array of {shape.Rank} axes (more than {NdIndex.MaxRank - 1})");

    private static (VoxelType Type, bool IsComplex) ParseType(JsonField json)
    {
        var field = json.Require("data_type");
        if ((field.AsText() ?? field.Find("name")?.AsText()) is not { } name)
            throw field.Wrong("the name of a data type");
        return name switch
        {
            "complex64" or "complex_float32" => (VoxelType.Float32, true),
            "complex128" or "complex_float64" => (VoxelType.Float64, true),
            _ => (VoxelTypes.Parse(name) ?? throw EmException.Unsupported(json.File.ToString(), $"the data type '{name}'"), false),
        };
    }

    private static ChunkKeys ParseKeys(JsonField json, bool isComplex)
    {
        var field = json.Require("chunk_key_encoding");
        var name = field.Require("name").Text();
        if (name is not ("default" or "v2"))
            throw EmException.Unsupported(json.File.ToString(), $"the chunk key encoding '{name}'");
        var separator = field.Find("configuration")?.Find("separator")?.Text() ?? (name == "default" ? "/" : ".");
        if (separator is not ("/" or "."))
            throw field.Wrong("the separator '/' or '.'");
        return new ChunkKeys(separator[0], name == "default", isComplex);
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
