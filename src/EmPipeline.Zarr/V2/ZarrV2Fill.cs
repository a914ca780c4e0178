using System.Buffers.Binary;
using System.Text.Json;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Filters;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.V2;

/// <summary>The fill value of a .zarray as the little-endian bytes of one element.</summary>
internal static class ZarrV2Fill
{
    // NumPy's, and with it that of every writer: .NET's own has the sign bit set.
    private static readonly double PositiveNaN = BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0000);

    /// <param name="field">A number, a truth, "NaN", "Infinity" or "-Infinity", for complex types two of these; null and absent mean zero.</param>
    public static byte[] Parse(JsonField? field, NumpyType type)
    {
        var bytes = new byte[type.ElementSize];
        if (field is not { Element.ValueKind: not JsonValueKind.Null } value)
            return bytes;
        if (!type.IsComplex)
        {
            Write(value, type.Type, bytes);
            return bytes;
        }

        JsonField[] parts = [.. value.Items()];
        if (parts.Length == 0)
            parts = [value];
        for (var i = 0; i < parts.Length && i < 2; i++)
            Write(parts[i], type.Type, bytes.AsSpan(i * type.Type.Size()));
        return bytes;
    }

    private static void Write(JsonField value, VoxelType type, Span<byte> target)
    {
        switch (type)
        {
            case VoxelType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(target, (Half)Real(value));
                break;
            case VoxelType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(target, (float)Real(value));
                break;
            case VoxelType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(target, Real(value));
                break;
            default:
                Span<byte> whole = stackalloc byte[16];
                BinaryPrimitives.WriteInt128LittleEndian(whole, Whole(value, type));
                whole[..type.Size()].CopyTo(target);
                break;
        }
    }

    private static double Real(JsonField value) => value.AsText() switch
    {
        "NaN" => PositiveNaN,
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        _ => value.AsNumber() ?? throw value.Wrong("a number, \"NaN\", \"Infinity\" or \"-Infinity\""),
    };

    private static Int128 Whole(JsonField value, VoxelType type)
    {
        var bits = 8 * type.Size();
        Int128? number = value.Element.ValueKind switch
        {
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.Number when value.Element.TryGetInt64(out var signed) => signed,
            JsonValueKind.Number when value.Element.TryGetUInt64(out var unsigned) => unsigned,
            // 0.0 for an integer type occurs.
            JsonValueKind.Number when value.AsNumber() is { } real && Math.Abs(real) < 1L << 62 && real == Math.Floor(real) => (Int128)real,
            _ => null,
        };
        // Either sign's range: what the type cannot hold as it stands is taken by its bits (-1 as 255).
        return number is { } known && known >= -(Int128.One << (bits - 1)) && known < Int128.One << bits ? known : throw value.Wrong($"a value of {type.Name()}");
    }
}
