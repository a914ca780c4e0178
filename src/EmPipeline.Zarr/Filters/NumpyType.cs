using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Filters;

/// <summary>A NumPy type string: "&lt;i2", "|u1", "&gt;f4", "&lt;c8".</summary>
/// <param name="Type">The type of one number.</param>
/// <param name="IsComplex">Two numbers make one element.</param>
internal readonly record struct NumpyType(VoxelType Type, bool IsBigEndian, bool IsComplex = false)
{
    /// <summary>Bytes of one element of the array as Zarr counts them.</summary>
    public int ElementSize => Type.Size() * (IsComplex ? 2 : 1);

    /// <summary>The type that <paramref name="field"/> names.</summary>
    /// <exception cref="EmException">Unsupported: texts, records, dates, objects. Corrupt: no type at all.</exception>
    public static NumpyType Parse(JsonField field)
    {
        if (field.AsText() is not { } text)
        {
            throw field.Items().Any()
                ? EmException.Unsupported(field.File.ToString(), "an array of records")
                : field.Wrong("a NumPy type such as \"<u2\"");
        }

        return TryParse(text) ?? throw EmException.Unsupported(field.File.ToString(), $"an array of type '{text}'");
    }

    public static NumpyType? TryParse(string text)
    {
        if (text.Length < 2)
            return null;
        // Names without a byte order ("u1", as in filters) are little-endian here.
        var order = text[0] is '<' or '>' or '|' or '=' ? text[0] : '\0';
        VoxelType? type = text[(order == '\0' ? 0 : 1)..] switch
        {
            "b1" or "?" => VoxelType.Boolean,
            "i1" => VoxelType.Int8,
            "u1" => VoxelType.UInt8,
            "i2" => VoxelType.Int16,
            "u2" => VoxelType.UInt16,
            "i4" => VoxelType.Int32,
            "u4" => VoxelType.UInt32,
            "i8" => VoxelType.Int64,
            "u8" => VoxelType.UInt64,
            "f2" => VoxelType.Float16,
            "f4" or "c8" => VoxelType.Float32,
            "f8" or "c16" => VoxelType.Float64,
            _ => VoxelTypes.Parse(text),
        };
        return type is { } known ? new NumpyType(known, order == '>', text.EndsWith("c8", StringComparison.Ordinal) || text.EndsWith("c16", StringComparison.Ordinal)) : null;
    }
}
