using System.Buffers.Binary;
using System.IO.Hashing;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Gzip (RFC 1952) without compression. What a compressor makes of the same bytes changes with its version; this never does, so files
/// with such parts can be compared by checksum.
/// </summary>
internal static class StoredGzip
{
    private const int BlockBytes = ushort.MaxValue;
    private const int BlockHeaderBytes = 5;

    // Magic number, deflate, no flags, no time, no extra flags, system unknown.
    private static ReadOnlySpan<byte> Header => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        var blocks = Math.Max(1, (bytes.Length + BlockBytes - 1) / BlockBytes);
        var encoded = new byte[Header.Length + blocks * BlockHeaderBytes + bytes.Length + 2 * sizeof(uint)];
        Header.CopyTo(encoded);
        var target = encoded.AsSpan(Header.Length);
        for (var block = 0; block < blocks; block++)
        {
            var body = bytes[(block * BlockBytes)..Math.Min(bytes.Length, (block + 1) * BlockBytes)];
            target[0] = (byte)(block == blocks - 1 ? 1 : 0);
            BinaryPrimitives.WriteUInt16LittleEndian(target[1..], (ushort)body.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(target[3..], (ushort)~body.Length);
            body.CopyTo(target[BlockHeaderBytes..]);
            target = target[(BlockHeaderBytes + body.Length)..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(target, Crc32.HashToUInt32(bytes));
        BinaryPrimitives.WriteInt32LittleEndian(target[sizeof(uint)..], bytes.Length);
        return encoded;
    }
}
