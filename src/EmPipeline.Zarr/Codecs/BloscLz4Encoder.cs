using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// Blosc 1 chunks of one unshuffled LZ4 block (c-blosc's README_CHUNK_FORMAT), what labels are written with, since
/// LZ4 has no number to decode bit by bit. Bytes that would not shrink are stored. <see cref="BloscCodec"/> and every other reader of Blosc decodes them.
/// </summary>
/// <param name="level"><see cref="LeastLevel"/> to <see cref="MostLevel"/>: below <see cref="LeastThorough"/> LZ4's quick search, from there on LZ4 HC's of that level, smaller and slower to write.</param>
/// <param name="elementSize">Bytes of a voxel, which the header states.</param>
internal sealed class BloscLz4Encoder(int level, int elementSize) : IBytesEncoder
{
    public const int LeastLevel = 1, LeastThorough = 3, MostLevel = 9;

    // Header, offset of the one block, length of its one stream.
    private const int HeaderLength = 16, StreamAt = HeaderLength + sizeof(int), DataAt = StreamAt + sizeof(int);
    private const byte FormatVersion = 2, Lz4Version = 1, Lz4Flag = 1 << 5, UnsplitFlag = 16, StoredFlag = 2;

    // No search can look back further than LZ4's window, so that longer blocks would bring nothing; one of the size of a chunk is as quick as any.
    private readonly LZ4Level _level = level is >= LeastLevel and <= MostLevel
        ? level < LeastThorough ? LZ4Level.L00_FAST : (LZ4Level)level
        : throw new ArgumentOutOfRangeException(nameof(level), level, $"expected {LeastLevel} to {MostLevel}");

    private readonly byte _elementSize = checked((byte)elementSize);

    public int MaxEncodedLength(int sourceLength) => checked(sourceLength + HeaderLength);

    public int Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        // A stream has to be shorter than what it stands for by more than its own header, else it is stored.
        var room = source.Length - (DataAt - HeaderLength) - 1;
        var length = room > 0 ? LZ4Codec.Encode(source, target.Slice(DataAt, room), _level) : -1;
        var isStored = length <= 0;
        var total = isStored ? HeaderLength + source.Length : DataAt + length;
        target[0] = FormatVersion;
        target[1] = Lz4Version;
        target[2] = isStored ? (byte)(Lz4Flag | UnsplitFlag | StoredFlag) : (byte)(Lz4Flag | UnsplitFlag);
        target[3] = _elementSize;
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], source.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], source.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], total);
        if (isStored)
        {
            source.CopyTo(target[HeaderLength..]);
            return total;
        }

        BinaryPrimitives.WriteInt32LittleEndian(target[HeaderLength..], StreamAt);
        BinaryPrimitives.WriteInt32LittleEndian(target[StreamAt..], length);
        return total;
    }
}
