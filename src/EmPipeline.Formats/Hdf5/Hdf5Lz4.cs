using System.Buffers.Binary;
using EmPipeline.Formats.Codecs;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// Filter 32004: the decoded length (8 bytes) and block length (4), then each block behind its encoded length (4), all big-endian.
/// A block that LZ4 does not make shorter is stored as it is.
/// </summary>
internal static class Hdf5Lz4
{
    private const int HeaderLength = 12, BlockHeaderLength = 4;

    public static byte[] Decode(ReadOnlySpan<byte> chunk, int size)
    {
        if (chunk.Length < HeaderLength)
            throw new InvalidDataException($"lz4: got {chunk.Length} bytes, expected at least {HeaderLength}.");
        var length = BinaryPrimitives.ReadUInt64BigEndian(chunk);
        var blockLength = BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]);
        if (length > (ulong)Hdf5Filters.Room(size) || (blockLength == 0 && length > 0))
            throw new InvalidDataException($"lz4: got {length} bytes in blocks of {blockLength}, expected a chunk of {size}.");
        var target = new byte[length];
        chunk = chunk[HeaderLength..];
        for (var done = 0; done < target.Length;)
        {
            var block = target.AsSpan(done, (int)Math.Min(blockLength, target.Length - done));
            var encoded = chunk.Length < BlockHeaderLength ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (encoded > chunk.Length - BlockHeaderLength)
                throw new InvalidDataException($"lz4: got {chunk.Length} bytes for the block at {done}, expected {encoded} and their length.");
            var source = chunk.Slice(BlockHeaderLength, (int)encoded);
            if (source.Length == block.Length)
                source.CopyTo(block);
            else
                Lz4Codec.DecodeBlock(source, block);
            chunk = chunk[(BlockHeaderLength + source.Length)..];
            done += block.Length;
        }

        return target;
    }
}
