using System.Buffers.Binary;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>
/// Filter 32008: blocks of elements whose bits are transposed, alone or each compressed with LZ4 or zstd. Parameters: two version numbers,
/// element size, elements a block (0: chosen by the filter), compression. What is left of a chunk beyond a multiple of eight elements is stored.
/// </summary>
internal static class BitshuffleFilter
{
    private const int ElementSizeAt = 2, BlockAt = 3, CompressionAt = 4;
    private const uint Plain = 0, Lz4 = 2, Zstd = 3;
    private const int HeaderLength = 12, BlockHeaderLength = 4, Multiple = 8;

    public static int Decode(ReadOnlySpan<byte> chunk, Span<byte> target, uint[] parameters, int size)
    {
        if (parameters.Length <= ElementSizeAt || parameters[ElementSizeAt] is 0 or > 1 << 16)
            throw new InvalidDataException("bitshuffle: got no element size, expected one in the filter's parameters.");
        var elementSize = (int)parameters[ElementSizeAt];
        var compression = parameters.Length > CompressionAt ? parameters[CompressionAt] : Plain;
        if (compression is not (Plain or Lz4 or Zstd))
            throw new NotSupportedException($"bitshuffle with compression {compression}");

        var blockBytes = (long)(parameters.Length > BlockAt ? parameters[BlockAt] : 0) * elementSize;
        var length = chunk.Length;
        if (compression != Plain)
        {
            if (chunk.Length < HeaderLength)
                throw new InvalidDataException($"bitshuffle: got {chunk.Length} bytes, expected at least {HeaderLength}.");
            var stated = BinaryPrimitives.ReadUInt64BigEndian(chunk);
            if (stated > (ulong)target.Length)
                throw new InvalidDataException($"bitshuffle: got {stated} bytes, expected a chunk of {size}.");
            length = (int)stated;
            blockBytes = BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]);
            chunk = chunk[HeaderLength..];
        }

        if (blockBytes == 0)
            blockBytes = DefaultBlock(elementSize) * (long)elementSize;
        if (blockBytes % (Multiple * elementSize) != 0)
            throw new InvalidDataException($"bitshuffle: got blocks of {blockBytes} bytes, expected a multiple of {Multiple} elements.");
        if (length > target.Length)
            throw new InvalidDataException($"bitshuffle: got {length} bytes, expected a chunk of {size}.");
        Decode(chunk, target[..length], elementSize, blockBytes, compression);
        return length;
    }

    private static void Decode(ReadOnlySpan<byte> chunk, Span<byte> target, int elementSize, long blockBytes, uint compression)
    {
        var shuffled = new byte[Math.Min(blockBytes, target.Length)];
        var end = target.Length - (target.Length % (Multiple * elementSize));
        for (var done = 0; done < end;)
        {
            var block = target.Slice(done, (int)Math.Min(blockBytes, end - done));
            var bits = shuffled.AsSpan(0, block.Length);
            chunk = chunk[TakeBlock(chunk, bits, compression)..];
            BitShuffle.Undo(bits, block, elementSize);
            done += block.Length;
        }

        var rest = target[end..];
        if (chunk.Length < rest.Length)
            throw new InvalidDataException($"bitshuffle: got {chunk.Length} bytes at the end, expected {rest.Length}.");
        chunk[..rest.Length].CopyTo(rest);
    }

    /// <returns>How many bytes of the chunk the block took.</returns>
    private static int TakeBlock(ReadOnlySpan<byte> chunk, Span<byte> bits, uint compression)
    {
        var encoded = compression == Plain ? (uint)bits.Length
            : chunk.Length < BlockHeaderLength ? uint.MaxValue
            : BinaryPrimitives.ReadUInt32BigEndian(chunk);
        var header = compression == Plain ? 0 : BlockHeaderLength;
        if (encoded > chunk.Length - header)
            throw new InvalidDataException($"bitshuffle: got {chunk.Length} bytes for a block, expected {encoded}.");
        var source = chunk.Slice(header, (int)encoded);
        if (compression == Plain)
            source.CopyTo(bits);
        else if (compression == Lz4)
            Lz4Codec.DecodeBlock(source, bits);
        else if (ZstdCodec.Default.Decode(source, bits) is var got && got != bits.Length)
            throw new InvalidDataException($"bitshuffle: got a block of {got} bytes, expected {bits.Length}.");
        return header + source.Length;
    }

    /// <summary>Elements of about 8 KiB, as the filter's own library chooses.</summary>
    private static int DefaultBlock(int elementSize)
    {
        const int TargetBytes = 8192, Least = 128;
        return Math.Max(TargetBytes / elementSize / Multiple * Multiple, Least);
    }
}
