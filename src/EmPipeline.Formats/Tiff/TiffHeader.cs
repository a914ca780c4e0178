using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>The first 8 (classic) or 16 (BigTIFF) bytes of a file, and the way that they say all numbers are stored.</summary>
internal readonly record struct TiffHeader(bool BigEndian, bool Big, long FirstDirectory)
{
    public const int MaxLength = 16;

    /// <summary>Bytes of an offset.</summary>
    public int OffsetSize => Big ? 8 : 4;

    /// <summary>Bytes of one entry of a directory.</summary>
    public int EntrySize => Big ? 20 : 12;

    /// <summary>Whether these bytes start a TIFF file of either kind.</summary>
    public static bool IsTiff(ReadOnlySpan<byte> head)
    {
        if (head.Length < 8)
            return false;
        var magic = head[..4];
        return magic.SequenceEqual("II*\0"u8) || magic.SequenceEqual("MM\0*"u8)
            || (head.Length >= MaxLength && (magic.SequenceEqual("II+\0"u8) || magic.SequenceEqual("MM\0+"u8)));
    }

    /// <exception cref="EmException">It is not TIFF, or claims offsets of a size that BigTIFF does not have.</exception>
    public static TiffHeader Parse(ReadOnlySpan<byte> head, string place)
    {
        if (!IsTiff(head))
            throw EmException.Corrupt(place, "got no TIFF signature, expected II*, MM*, II+ or MM+ in the first four bytes. Check that the file is TIFF and whole.");
        var bigEndian = head[0] == 'M';
        var big = head[bigEndian ? 3 : 2] == 43;
        var header = new TiffHeader(bigEndian, big, 0);
        if (!big)
            return header with { FirstDirectory = header.UInt32(head[4..]) };
        var (offsetSize, zero) = (header.UInt16(head[4..]), header.UInt16(head[6..]));
        if (offsetSize != 8 || zero != 0)
            throw EmException.Corrupt($"{place} at byte 4", $"got offset size {offsetSize} and {zero}, expected 8 and 0 as BigTIFF has.");
        return header with { FirstDirectory = header.Offset(head[8..]) };
    }

    public ushort UInt16(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint UInt32(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public ulong UInt64(ReadOnlySpan<byte> bytes) =>
        BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    /// <summary>A count or offset of this file's size; one beyond 63 bits becomes the largest there is, which no file reaches.</summary>
    public long Offset(ReadOnlySpan<byte> bytes) => Big ? (long)Math.Min(UInt64(bytes), long.MaxValue) : UInt32(bytes);
}
