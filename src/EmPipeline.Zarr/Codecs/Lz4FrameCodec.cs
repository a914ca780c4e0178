using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// One LZ4 frame (lz4_Frame_format.md 1.6), blocks linked or not. Checksums in it are passed over; what was decoded is held against the
/// frame's length where it states one.
/// </summary>
public sealed class Lz4FrameCodec : IBytesCodec
{
    private const uint StoredBlock = 0x8000_0000;
    private const int LinkWindow = 1 << 16;
    private const int Version1 = 0x40, VersionMask = 0xC0, Independent = 0x20, BlockChecksums = 0x10, ContentLength = 0x08, DictionaryId = 0x01;

    public static Lz4FrameCodec Default { get; } = new();

    /// <summary>The bytes that every frame begins with.</summary>
    public static ReadOnlySpan<byte> Magic => [0x04, 0x22, 0x4D, 0x18];

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length < 7 || !source.StartsWith(Magic) || (source[4] & VersionMask) != Version1)
            throw new InvalidDataException("lz4: got no frame header, expected one of version 1.");
        int flags = source[4];
        if ((flags & DictionaryId) != 0)
            throw new NotSupportedException("an LZ4 frame with a dictionary of its own");
        source = source[6..];
        long? stated = (flags & ContentLength) != 0 ? BinaryPrimitives.ReadInt64LittleEndian(Take(ref source, sizeof(long))) : null;
        Take(ref source, 1);

        var written = 0;
        while (BinaryPrimitives.ReadUInt32LittleEndian(Take(ref source, sizeof(uint))) is not 0 and var size)
        {
            var block = Take(ref source, size & ~StoredBlock);
            written += DecodeBlock(block, (size & StoredBlock) != 0, (flags & Independent) == 0, target, written);
            if ((flags & BlockChecksums) != 0)
                Take(ref source, sizeof(uint));
        }

        return stated is null || stated == written ? written : throw new InvalidDataException($"lz4: got {written} decoded bytes, expected {stated}.");
    }

    private static int DecodeBlock(ReadOnlySpan<byte> block, bool isStored, bool isLinked, Span<byte> target, int written)
    {
        var room = target[written..];
        if (isStored)
        {
            if (block.Length > room.Length)
                throw new InvalidDataException($"lz4: got a stored block of {block.Length} bytes, expected at most {room.Length}.");
            block.CopyTo(room);
            return block.Length;
        }

        var length = isLinked && written > 0
            ? LZ4Codec.Decode(block, room, target[Math.Max(0, written - LinkWindow)..written])
            : LZ4Codec.Decode(block, room);
        return length >= 0 ? length : throw new InvalidDataException($"lz4: the block at decoded byte {written} is damaged or larger than expected.");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> source, long count)
    {
        if (count > source.Length)
            throw new InvalidDataException($"lz4: got {source.Length} bytes, expected {count} more of the frame.");
        var taken = source[..(int)count];
        source = source[(int)count..];
        return taken;
    }
}
