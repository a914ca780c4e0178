using System.Buffers.Binary;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>
/// Filter 32004: the decoded length (8 bytes) and block length (4), then each block behind its encoded length (4), all big-endian.
/// A block that LZ4 does not make shorter is stored as it is.
/// </summary>
internal static class Lz4Filter
{
    private const int HeaderLength = 12, BlockHeaderLength = 4;

    public static int Decode(ReadOnlySpan<byte> chunk, Span<byte> target, uint[] parameters, int size)
    {
        if (chunk.Length < HeaderLength)
            throw new InvalidDataException($"lz4: got {chunk.Length} bytes, expected at least {HeaderLength}.");
        var length = BinaryPrimitives.ReadUInt64BigEndian(chunk);
        var blockLength = BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]);
        if (length > (ulong)target.Length || (blockLength == 0 && length > 0))
            throw new InvalidDataException($"lz4: got {length} bytes in blocks of {blockLength}, expected a chunk of {size}.");
        target = target[..(int)length];
        chunk = chunk[HeaderLength..];
        for (var done = 0; done < target.Length;)
        {
            var block = target.Slice(done, (int)Math.Min(blockLength, target.Length - done));
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

        return target.Length;
    }
}
