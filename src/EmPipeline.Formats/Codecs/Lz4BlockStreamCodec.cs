using System.Buffers.Binary;
using System.IO.Hashing;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Codecs;

/// <summary>
/// The stream of lz4-java's LZ4BlockOutputStream, N5's "lz4": blocks that begin with "LZ4Block", a method, both lengths and a
/// checksum, little-endian, until a block of length 0.
/// </summary>
public sealed class Lz4BlockStreamCodec : IBytesCodec
{
    private const int HeaderLength = 21, Raw = 0x10, Lz4 = 0x20;
    private const int Seed = unchecked((int)0x9747B28C);
    private const uint ChecksumMask = 0x0FFFFFFF;

    public static Lz4BlockStreamCodec Default { get; } = new();

    private static ReadOnlySpan<byte> Magic => "LZ4Block"u8;

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            if (source.Length < HeaderLength || !source.StartsWith(Magic))
                throw new InvalidDataException($"lz4: got no block header after {written} decoded bytes, expected 'LZ4Block' or an end block.");
            var method = source[8] & 0xF0;
            var encodedLength = BinaryPrimitives.ReadInt32LittleEndian(source[9..]);
            var decodedLength = BinaryPrimitives.ReadInt32LittleEndian(source[13..]);
            var checksum = BinaryPrimitives.ReadUInt32LittleEndian(source[17..]);
            source = source[HeaderLength..];
            if (decodedLength == 0)
                return written;
            if (encodedLength < 0 || encodedLength > source.Length)
                throw new InvalidDataException($"lz4: got a block of {encodedLength} bytes, expected at most the {source.Length} that are left.");
            if (decodedLength < 0 || decodedLength > target.Length - written)
                throw new InvalidDataException($"lz4: got a decoded length of {decodedLength}, expected at most {target.Length - written}.");

            var block = target.Slice(written, decodedLength);
            DecodeBlock(method, source[..encodedLength], block);
            if ((XxHash32.HashToUInt32(block, Seed) & ChecksumMask) != checksum)
                throw new InvalidDataException($"lz4: the block at decoded byte {written} does not have the checksum {checksum:x8} that it states.");
            source = source[encodedLength..];
            written += decodedLength;
        }
    }

    private static void DecodeBlock(int method, ReadOnlySpan<byte> source, Span<byte> target)
    {
        switch (method)
        {
            case Lz4:
                Lz4Codec.DecodeBlock(source, target);
                break;
            case Raw when source.Length == target.Length:
                source.CopyTo(target);
                break;
            default:
                throw new InvalidDataException($"lz4: got block method {method:x2} with {source.Length} bytes, expected 20 (LZ4) or 10 (raw).");
        }
    }
}
