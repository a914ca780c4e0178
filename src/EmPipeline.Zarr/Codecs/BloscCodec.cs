using System.Buffers;
using System.Buffers.Binary;
using Snappier;

namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// Blosc 1 chunks (c-blosc's README_CHUNK_FORMAT): every inner codec (blosclz, lz4, lz4hc, snappy, zlib, zstd), byte and bit shuffle,
/// split and unsplit blocks, stored chunks. Chunks of Blosc 2's extended format are refused as unsupported.
/// </summary>
public sealed class BloscCodec : IBytesCodec
{
    private const int HeaderLength = 16, MaxFormatVersion = 2;
    private const int ByteShuffleFlag = 1, StoredFlag = 2, BitShuffleFlag = 4, UnsplitFlag = 16;

    // Blocks are split into one stream a byte of the element only for these sizes.
    private const int MaxSplits = 16, MinSplitLength = 128;

    public static BloscCodec Default { get; } = new();

    /// <exception cref="InvalidDataException">The source is damaged, or holds more than <paramref name="target"/> takes.</exception>
    /// <exception cref="NotSupportedException">A later format version or an unknown inner codec.</exception>
    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var header = Header.Read(source);
        if (header.Length > target.Length)
            throw new InvalidDataException($"blosc: got a decoded length of {header.Length}, expected at most {target.Length}.");
        source = source[..header.EncodedLength];
        target = target[..header.Length];
        if (target.IsEmpty)
            return 0;
        if (header.Has(StoredFlag))
        {
            if (source.Length - HeaderLength != target.Length)
                throw new InvalidDataException($"blosc: got {source.Length - HeaderLength} stored bytes, expected {target.Length}.");
            source[HeaderLength..].CopyTo(target);
            return target.Length;
        }

        if (header.BlockLength <= 0)
            throw new InvalidDataException($"blosc: got a block length of {header.BlockLength}, expected at least 1.");
        var blockLength = Math.Min(header.BlockLength, target.Length);
        var blocks = (int)((target.Length + (long)header.BlockLength - 1) / header.BlockLength);
        if (source.Length - HeaderLength < 4L * blocks)
            throw new InvalidDataException($"blosc: got {source.Length} bytes, expected room for the offsets of {blocks} blocks.");

        var scratch = ArrayPool<byte>.Shared.Rent(header.IsShuffled ? blockLength : 0);
        try
        {
            for (var block = 0; block < blocks; block++)
            {
                var offset = BinaryPrimitives.ReadInt32LittleEndian(source[(HeaderLength + (4 * block))..]);
                if (offset < HeaderLength || offset > source.Length)
                    throw new InvalidDataException($"blosc: got offset {offset} for block {block}, expected {HeaderLength} to {source.Length}.");
                var start = block * (long)header.BlockLength;
                var length = (int)Math.Min(header.BlockLength, target.Length - start);
                DecodeBlock(header, source[offset..], target.Slice((int)start, length), scratch.AsSpan(0, header.IsShuffled ? length : 0));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }

        return target.Length;
    }

    private static void DecodeBlock(Header header, ReadOnlySpan<byte> source, Span<byte> target, Span<byte> scratch)
    {
        var decoded = header.IsShuffled ? scratch : target;
        var splits = header.SplitsOf(target.Length);
        var streamLength = target.Length / splits;
        for (var split = 0; split < splits; split++)
        {
            if (source.Length < 4)
                throw new InvalidDataException("blosc: the chunk ends before its last stream.");
            var encodedLength = BinaryPrimitives.ReadInt32LittleEndian(source);
            if (encodedLength < 0 || encodedLength > source.Length - 4)
                throw new InvalidDataException($"blosc: got a stream of {encodedLength} bytes, expected at most {source.Length - 4}.");
            DecodeStream(header.Codec, source.Slice(4, encodedLength), decoded.Slice(split * streamLength, streamLength));
            source = source[(4 + encodedLength)..];
        }

        if (header.IsByteShuffled)
            ByteShuffle.Undo(decoded, target, header.ElementSize);
        else if (header.IsBitShuffled)
            UndoBitShuffle(decoded, target, header.ElementSize);
    }

    private static void DecodeStream(int codec, ReadOnlySpan<byte> source, Span<byte> target)
    {
        // A stream that would not shrink is stored.
        if (source.Length == target.Length)
        {
            source.CopyTo(target);
            return;
        }

        var length = codec switch
        {
            0 => BloscLz.Decode(source, target),
            1 => DecodeLz4(source, target),
            2 => DecodeSnappy(source, target),
            3 => ZlibCodec.Default.Decode(source, target),
            4 => ZstdCodec.Default.Decode(source, target),
            _ => throw new NotSupportedException($"Blosc's inner codec number {codec}"),
        };
        if (length != target.Length)
            throw new InvalidDataException($"blosc: got a stream of {length} decoded bytes, expected {target.Length}.");
    }

    private static int DecodeLz4(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Lz4Codec.DecodeBlock(source, target);
        return target.Length;
    }

    private static int DecodeSnappy(ReadOnlySpan<byte> source, Span<byte> target)
    {
        try
        {
            // The stated length is checked first: the target is not to be outgrown.
            var length = Snappy.GetUncompressedLength(source);
            return length == target.Length ? Snappy.Decompress(source, target) : length;
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"snappy: {e.Message}", e);
        }
    }

    // Blosc leaves a block alone whose elements are not a multiple of eight, and bytes after the last whole element always.
    private static void UndoBitShuffle(ReadOnlySpan<byte> source, Span<byte> target, int elementSize)
    {
        var count = source.Length / elementSize;
        var shuffled = count % 8 == 0 ? count * elementSize : 0;
        BitShuffle.Undo(source[..shuffled], target, elementSize);
        source[shuffled..].CopyTo(target[shuffled..]);
    }

    private readonly record struct Header(byte Flags, int ElementSize, int Length, int BlockLength, int EncodedLength)
    {
        public int Codec => Flags >> 5;

        public bool IsByteShuffled => Has(ByteShuffleFlag) && ElementSize > 1;

        public bool IsBitShuffled => Has(BitShuffleFlag) && BlockLength >= ElementSize && !IsByteShuffled;

        public bool IsShuffled => IsByteShuffled || IsBitShuffled;

        public static Header Read(ReadOnlySpan<byte> source)
        {
            if (source.Length < HeaderLength)
                throw new InvalidDataException($"blosc: got {source.Length} bytes, expected a header of {HeaderLength}.");
            if (source[0] > MaxFormatVersion)
                throw new NotSupportedException($"Blosc's chunk format version {source[0]}");
            var header = new Header(
                source[2], source[3], BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
                BinaryPrimitives.ReadInt32LittleEndian(source[8..]), BinaryPrimitives.ReadInt32LittleEndian(source[12..]));
            if (header.ElementSize == 0 || header.Length < 0)
                throw new InvalidDataException($"blosc: got element size {header.ElementSize} and length {header.Length}, expected at least 1 and 0.");
            return header.EncodedLength >= HeaderLength && header.EncodedLength <= source.Length
                ? header
                : throw new InvalidDataException($"blosc: got an encoded length of {header.EncodedLength}, expected {HeaderLength} to {source.Length}.");
        }

        public bool Has(int flag) => (Flags & flag) != 0;

        /// <summary>How many streams a block of this length has; the shorter block at the end is never split.</summary>
        public int SplitsOf(int length) =>
            !Has(UnsplitFlag) && length == BlockLength && ElementSize <= MaxSplits && length / ElementSize >= MinSplitLength && length % ElementSize == 0
                ? ElementSize
                : 1;
    }
}
