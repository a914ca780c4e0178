using System.Globalization;
using System.Numerics;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>The value of voxels that a sparse file does not store. GDAL states one as text in its tag 42113; without it they are zero.</summary>
internal static class TiffFill
{
    /// <param name="text">"-9999", "nan"; null without the tag. What the type does not hold counts as not said.</param>
    public static byte[] Of(VoxelType type, string? text)
    {
        var bytes = new byte[type.Size()];
        if (text is null)
            return bytes;
        _ = type switch
        {
            VoxelType.Boolean or VoxelType.UInt8 => Whole<byte>(text, bytes),
            VoxelType.Int8 => Whole<sbyte>(text, bytes),
            VoxelType.UInt16 => Whole<ushort>(text, bytes),
            VoxelType.Int16 => Whole<short>(text, bytes),
            VoxelType.UInt32 => Whole<uint>(text, bytes),
            VoxelType.Int32 => Whole<int>(text, bytes),
            VoxelType.UInt64 => Whole<ulong>(text, bytes),
            VoxelType.Int64 => Whole<long>(text, bytes),
            _ => Real(text, bytes),
        };
        return bytes;
    }

    private static bool Whole<T>(string text, Span<byte> target)
        where T : IBinaryInteger<T> =>
        T.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value.TryWriteLittleEndian(target, out _);

    private static bool Real(string text, Span<byte> target)
    {
        if (!double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            return false;
        return target.Length switch
        {
            2 => BitConverter.TryWriteBytes(target, (Half)value),
            4 => BitConverter.TryWriteBytes(target, (float)value),
            _ => BitConverter.TryWriteBytes(target, value),
        };
    }
}
