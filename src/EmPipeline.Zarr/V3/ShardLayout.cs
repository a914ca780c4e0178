using System.Buffers;
using System.Buffers.Binary;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// The "sharding_indexed" codec: inner chunks in any order, and an index of their offsets and lengths at the start or the end.
/// Immutable, safe for concurrent use.
/// </summary>
/// <param name="Inner">The codecs of an inner chunk.</param>
/// <param name="Grid">How many inner chunks a shard has on each axis.</param>
/// <param name="IsEven">The inner chunks divide the shard; where they do not, the last on an axis reach over its end.</param>
/// <param name="ChecksumOnIndex">The index ends with its crc32c.</param>
internal sealed record ShardLayout(
    CodecChain Inner, NdIndex Grid, bool IsEven, bool IndexAtEnd, bool IndexIsBigEndian, bool ChecksumOnIndex, ReadOnlyMemory<byte> Fill)
{
    /// <summary>Offset and length of an inner chunk that is all fill value.</summary>
    public const ulong Absent = ulong.MaxValue;

    private const int EntryLength = 2 * sizeof(ulong);

    public int ChunkCount { get; } = checked((int)Grid.Volume);

    public int IndexLength => checked((ChunkCount * EntryLength) + (ChecksumOnIndex ? sizeof(uint) : 0));

    /// <summary>Where the index lies in a shard of <paramref name="shardLength"/> bytes.</summary>
    public long IndexOffset(long shardLength) => IndexAtEnd ? shardLength - IndexLength : 0;

    /// <summary>Offset and length, in turn, of every inner chunk, checked against the shard's length.</summary>
    /// <exception cref="InvalidDataException">The checksum is wrong, or an entry points outside the shard.</exception>
    public ulong[] ParseIndex(ReadOnlySpan<byte> bytes, long shardLength)
    {
        if (ChecksumOnIndex)
        {
            var stated = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]);
            bytes = bytes[..^sizeof(uint)];
            var actual = Crc32C.Compute(bytes);
            if (stated != actual)
                throw new InvalidDataException($"got checksum {actual:x8}, expected {stated:x8} (crc32c).");
        }

        var index = new ulong[2 * ChunkCount];
        for (var i = 0; i < index.Length; i++)
        {
            var at = bytes[(i * sizeof(ulong))..];
            index[i] = IndexIsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at);
        }

        for (var chunk = 0; chunk < ChunkCount; chunk++)
        {
            var (offset, length) = (index[2 * chunk], index[(2 * chunk) + 1]);
            if (offset == Absent && length == Absent)
                continue;
            if (offset > (ulong)shardLength || length > (ulong)shardLength - offset)
                throw new InvalidDataException($"got bytes {offset} to {offset + length} for inner chunk {chunk}, expected them within {shardLength} bytes.");
        }

        return index;
    }

    /// <summary>Decodes a shard that is in memory as a whole.</summary>
    /// <param name="target">Exactly the shard's voxels, C order.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public void DecodeWhole(ReadOnlySpan<byte> shard, Span<byte> target, NdIndex shape)
    {
        if (shard.Length < IndexLength)
            throw new InvalidDataException($"got a shard of {shard.Length} bytes, expected at least its index of {IndexLength}.");
        var index = ParseIndex(shard.Slice((int)IndexOffset(shard.Length), IndexLength), shard.Length);
        var whole = Box.Whole(shape);
        var scratch = ArrayPool<byte>.Shared.Rent(checked((int)(Inner.Shape.Volume * Inner.ElementSize)));
        try
        {
            var decoded = scratch.AsSpan(0, (int)(Inner.Shape.Volume * Inner.ElementSize));
            var chunk = 0;
            foreach (var position in whole.CellsTouched(Inner.Shape))
            {
                var box = new Box(position * Inner.Shape, Inner.Shape);
                var (offset, length) = (index[2 * chunk], index[(2 * chunk) + 1]);
                chunk++;
                if (offset == Absent && length == Absent)
                {
                    ChunkFill.Fill(Fill.Span, box, target, whole, Inner.ElementSize);
                    continue;
                }

                Inner.Decode(shard.Slice((int)offset, (int)length), decoded);
                StridedCopy.Copy(decoded, box, target, whole, Inner.ElementSize);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
