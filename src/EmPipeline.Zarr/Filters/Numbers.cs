using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Filters;

/// <summary>Reads and writes single numbers of a type known only at run time; integers by their 64 bits.</summary>
internal static class Numbers
{
    public static long ReadInteger(ReadOnlySpan<byte> source, NumpyType type) => (type.Type, type.IsBigEndian) switch
    {
        (VoxelType.Int8, _) => (sbyte)source[0],
        (VoxelType.UInt8 or VoxelType.Boolean, _) => source[0],
        (VoxelType.Int16, false) => BinaryPrimitives.ReadInt16LittleEndian(source),
        (VoxelType.Int16, true) => BinaryPrimitives.ReadInt16BigEndian(source),
        (VoxelType.UInt16, false) => BinaryPrimitives.ReadUInt16LittleEndian(source),
        (VoxelType.UInt16, true) => BinaryPrimitives.ReadUInt16BigEndian(source),
        (VoxelType.Int32, false) => BinaryPrimitives.ReadInt32LittleEndian(source),
        (VoxelType.Int32, true) => BinaryPrimitives.ReadInt32BigEndian(source),
        (VoxelType.UInt32, false) => BinaryPrimitives.ReadUInt32LittleEndian(source),
        (VoxelType.UInt32, true) => BinaryPrimitives.ReadUInt32BigEndian(source),
        (_, false) => BinaryPrimitives.ReadInt64LittleEndian(source),
        (_, true) => BinaryPrimitives.ReadInt64BigEndian(source),
    };

    public static void WriteInteger(Span<byte> target, NumpyType type, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes = bytes[..type.Type.Size()];
        if (type.IsBigEndian)
            bytes.Reverse();
        bytes.CopyTo(target);
    }

    public static double ReadReal(ReadOnlySpan<byte> source, NumpyType type) => (type.Type, type.IsBigEndian) switch
    {
        (VoxelType.Float16, false) => (double)BinaryPrimitives.ReadHalfLittleEndian(source),
        (VoxelType.Float16, true) => (double)BinaryPrimitives.ReadHalfBigEndian(source),
        (VoxelType.Float32, false) => BinaryPrimitives.ReadSingleLittleEndian(source),
        (VoxelType.Float32, true) => BinaryPrimitives.ReadSingleBigEndian(source),
        (VoxelType.Float64, false) => BinaryPrimitives.ReadDoubleLittleEndian(source),
        (VoxelType.Float64, true) => BinaryPrimitives.ReadDoubleBigEndian(source),
        (VoxelType.UInt64, _) => (ulong)ReadInteger(source, type),
        _ => ReadInteger(source, type),
    };

    /// <summary>Writes a number as NumPy's astype does: integers cut off the fraction.</summary>
    public static void WriteReal(Span<byte> target, NumpyType type, double value)
    {
        switch (type.Type)
        {
            case VoxelType.Float16:
                WriteInteger(target, type, BitConverter.HalfToInt16Bits((Half)value));
                break;
            case VoxelType.Float32:
                WriteInteger(target, type, BitConverter.SingleToInt32Bits((float)value));
                break;
            case VoxelType.Float64:
                WriteInteger(target, type, BitConverter.DoubleToInt64Bits(value));
                break;
            case VoxelType.UInt64:
                WriteInteger(target, type, (long)(ulong)value);
                break;
            case VoxelType.Boolean:
                WriteInteger(target, type, value != 0 ? 1 : 0);
                break;
            default:
                WriteInteger(target, type, (long)value);
                break;
        }
    }
}
