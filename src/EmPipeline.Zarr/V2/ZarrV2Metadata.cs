using EmPipeline.Volumes;
using EmPipeline.Zarr.Filters;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.V2;

/// <summary>A .zarray file, checked. Shapes in the array's own order of axes, without the axis that a complex type adds.</summary>
/// <param name="Separator">Between the parts of a chunk's key; null where the file leaves it open, which means '.' unless proven otherwise.</param>
/// <param name="Fill">One element, little-endian.</param>
internal sealed record ZarrV2Metadata(
    NdIndex Shape, NdIndex Chunks, NumpyType Type, bool IsFortranOrder, char? Separator, byte[] Fill, JsonField Json)
{
    public const string FileName = ".zarray";

    /// <exception cref="EmException">Something is missing, wrong or unsupported; the message names the file and the member.</exception>
    public static ZarrV2Metadata Parse(JsonField json)
    {
        var version = json.Require("zarr_format");
        if (version.Integer() != 2)
            throw version.Wrong("2");
        var type = NumpyType.Parse(json.Require("dtype"));
        var shape = json.Require("shape").Index(minimum: 0);
        var chunks = json.Require("chunks");
        var chunkShape = chunks.Index(minimum: 1);
        if (chunkShape.Rank != shape.Rank)
            throw chunks.Wrong($"{shape.Rank} integers");
        if (type.IsComplex && shape.Rank == NdIndex.MaxRank)
            throw EmException.Unsupported(json.File.ToString(), $"a complex array of {shape.Rank} axes (more than {NdIndex.MaxRank - 1})");
        CheckSize(json, shape, type.ElementSize, long.MaxValue);
        CheckSize(chunks, chunkShape, type.ElementSize, Array.MaxLength);

        var order = json.Require("order");
        var separator = json.FindValue("dimension_separator");
        return new ZarrV2Metadata(
            shape, chunkShape, type,
            order.AsText() switch { "C" => false, "F" => true, _ => throw order.Wrong("\"C\" or \"F\"") },
            separator?.AsText() switch { null when separator is null => null, "." => '.', "/" => '/', _ => throw separator.Value.Wrong("\".\" or \"/\"") },
            ZarrV2Fill.Parse(json.Find("fill_value"), type), json);
    }

    private static void CheckSize(JsonField field, NdIndex shape, int elementSize, long maximum)
    {
        var bytes = (Int128)elementSize;
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            bytes *= shape[axis];
            if (bytes > maximum)
                throw EmException.Unsupported(field.File.ToString(), $"{(field.Path.Length == 0 ? "shape" : field.Path)} {shape}, more than {maximum} bytes,");
        }
    }
}
