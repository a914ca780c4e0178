using System.Buffers.Binary;

namespace EmPipeline.Formats.Dm;

/// <summary>The numbers of tag data.</summary>
internal static class DmNumbers
{
    /// <summary>Bytes of one number; null for a type that is no number.</summary>
    public static int? SizeOf(DmTagType type) => type switch
    {
        DmTagType.Boolean or DmTagType.Char or DmTagType.Octet => 1,
        DmTagType.Int16 or DmTagType.UInt16 => 2,
        DmTagType.Int32 or DmTagType.UInt32 or DmTagType.Float32 => 4,
        DmTagType.Int64 or DmTagType.UInt64 or DmTagType.Float64 => 8,
        _ => null,
    };

    public static IConvertible Read(ReadOnlySpan<byte> bytes, DmTagType type, bool bigEndian) => (type, bigEndian) switch
    {
        (DmTagType.Int16, false) => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        (DmTagType.Int16, true) => BinaryPrimitives.ReadInt16BigEndian(bytes),
        (DmTagType.UInt16, false) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (DmTagType.UInt16, true) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (DmTagType.Int32, false) => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        (DmTagType.Int32, true) => BinaryPrimitives.ReadInt32BigEndian(bytes),
        (DmTagType.UInt32, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (DmTagType.UInt32, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (DmTagType.Int64, false) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        (DmTagType.Int64, true) => BinaryPrimitives.ReadInt64BigEndian(bytes),
        (DmTagType.UInt64, false) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        (DmTagType.UInt64, true) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        (DmTagType.Float32, false) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        (DmTagType.Float32, true) => BinaryPrimitives.ReadSingleBigEndian(bytes),
        (DmTagType.Float64, false) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        (DmTagType.Float64, true) => BinaryPrimitives.ReadDoubleBigEndian(bytes),
        (DmTagType.Boolean, _) => bytes[0] != 0,
        (DmTagType.Char, _) => (sbyte)bytes[0],
        _ => bytes[0],
    };
}
