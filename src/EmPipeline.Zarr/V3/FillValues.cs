using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.V3;

/// <summary>The fill value's JSON forms: numbers, true and false, "NaN", "Infinity", "-Infinity", and a float's bits as "0x7fc00000".</summary>
internal static class FillValues
{
    /// <summary>The bytes of one element, little-endian. A value that is absent or null is zero.</summary>
    /// <param name="isComplex">An element is two numbers of the type, and its value a list of two.</param>
    /// <exception cref="EmException">The value does not fit the type.</exception>
    public static byte[] Parse(JsonField? field, VoxelType type, bool isComplex)
    {
        if (!isComplex)
            return Parse(field, type);
        if (field is not { Element.ValueKind: not JsonValueKind.Null } value || value.AsNumber() == 0)
            return new byte[2 * type.Size()];
        return value.Items().ToArray() is [var real, var imaginary] ? [.. Parse(real, type), .. Parse(imaginary, type)] : throw value.Wrong("a list of two numbers");
    }

    private static byte[] Parse(JsonField? field, VoxelType type)
    {
        var bytes = new byte[type.Size()];
        if (field is not { Element.ValueKind: not JsonValueKind.Null } value)
            return bytes;
        var written = type.IsFloat() ? TryFloat(value.Element, type, bytes) : TryInteger(value.Element, type, bytes);
        return written ? bytes : throw value.Wrong($"a value of {type.Name()}");
    }

    private static bool TryInteger(JsonElement value, VoxelType type, Span<byte> bytes)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            bytes[0] = value.ValueKind == JsonValueKind.True ? (byte)1 : (byte)0;
            return true;
        }

        if (value.ValueKind != JsonValueKind.Number)
            return false;
        // Some writers give every number a fraction: 0.0.
        if (!Int128.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            var real = value.GetDouble();
            if (real != Math.Floor(real) || Math.Abs(real) > 1L << 53)
                return false;
            number = (Int128)real;
        }

        var bits = 8 * type.Size();
        var signed = type is VoxelType.Int8 or VoxelType.Int16 or VoxelType.Int32 or VoxelType.Int64;
        var (low, high) = type == VoxelType.Boolean ? (0, Int128.One)
            : signed ? (-(Int128.One << (bits - 1)), (Int128.One << (bits - 1)) - 1)
            : (0, (Int128.One << bits) - 1);
        if (number < low || number > high)
            return false;
        Span<byte> all = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(all, number);
        all[..bytes.Length].CopyTo(bytes);
        return true;
    }

    private static bool TryFloat(JsonElement value, VoxelType type, Span<byte> bytes)
    {
        double number;
        if (value.ValueKind == JsonValueKind.Number)
        {
            number = value.GetDouble();
        }
        else
        {
            var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            if (text.StartsWith("0x", StringComparison.Ordinal))
                return TryBits(text.AsSpan(2), bytes);
            switch (text)
            {
                case "NaN":
                    number = double.NaN;
                    break;
                case "Infinity":
                    number = double.PositiveInfinity;
                    break;
                case "-Infinity":
                    number = double.NegativeInfinity;
                    break;
                default:
                    return false;
            }
        }

        switch (type)
        {
            case VoxelType.Float16:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, double.IsNaN(number) ? (ushort)0x7E00 : BitConverter.HalfToUInt16Bits((Half)number));
                break;
            case VoxelType.Float32:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, double.IsNaN(number) ? 0x7FC00000u : BitConverter.SingleToUInt32Bits((float)number));
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, double.IsNaN(number) ? 0x7FF8000000000000ul : BitConverter.DoubleToUInt64Bits(number));
                break;
        }

        return true;
    }

    private static bool TryBits(ReadOnlySpan<char> digits, Span<byte> bytes)
    {
        if (digits.Length != 2 * bytes.Length || !ulong.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits))
            return false;
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(all, bits);
        all[..bytes.Length].CopyTo(bytes);
        return true;
    }
}
