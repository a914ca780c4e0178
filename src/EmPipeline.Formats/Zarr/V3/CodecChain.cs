using System.Buffers;
using System.Buffers.Binary;
using EmPipeline.Formats.Codecs;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Zarr.V3;

/// <summary>
/// The codecs of one chunk: transpositions, then numbers to bytes (plain, or a shard), then compressors and checksums.
/// Immutable, safe for concurrent use.
/// </summary>
internal sealed class CodecChain(
    NdIndex shape, int elementSize, IReadOnlyList<AxisOrder> transpositions, bool bigEndian, ShardLayout? shard, IReadOnlyList<IBytesCodec?> stages)
{
    private const int ChecksumLength = sizeof(uint);

    /// <summary>The decoded chunk.</summary>
    public NdIndex Shape => shape;

    public int ElementSize => elementSize;

    public int DecodedLength { get; } = checked((int)(shard is not null && transpositions.Count == 0 && stages.Count == 0 ? 0 : shape.Volume * elementSize));

    /// <summary>The shard's layout when the chunk is a shard and nothing else is done to it, so that parts of it can be read.</summary>
    public ShardLayout? PlainShard => transpositions.Count == 0 && stages.Count == 0 ? shard : null;

    /// <summary>The decoded voxels are the stored ones, but for a checksum behind them.</summary>
    public bool IsStored { get; } = shard is null && transpositions.Count == 0 && (!bigEndian || elementSize == 1) && stages.All(stage => stage is null);

    /// <summary>Decodes a chunk, checking its checksums.</summary>
    /// <param name="target">Exactly the decoded chunk: C order, little-endian.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    /// <exception cref="NotSupportedException">A codec met something it does not know.</exception>
    public void Decode(ReadOnlySpan<byte> encoded, Span<byte> target)
    {
        byte[]? first = null, second = null;
        try
        {
            // From the last stage back. A null stage is a checksum.
            for (var i = stages.Count - 1; i >= 0; i--)
            {
                if (stages[i] is not { } codec)
                {
                    encoded = CheckSum(encoded);
                    continue;
                }

                var direct = i == 0 && shard is null && transpositions.Count == 0;
                if (direct)
                {
                    CheckLength(codec.Decode(encoded, target), target.Length);
                    encoded = target;
                    continue;
                }

                var room = Room(i);
                var rented = ArrayPool<byte>.Shared.Rent(room);
                var length = codec.Decode(encoded, rented.AsSpan(0, room));
                encoded = rented.AsSpan(0, length);
                if (second is not null)
                    ArrayPool<byte>.Shared.Return(second);
                (second, first) = (first, rented);
            }

            ToVoxels(encoded, target);
        }
        finally
        {
            if (first is not null)
                ArrayPool<byte>.Shared.Return(first);
            if (second is not null)
                ArrayPool<byte>.Shared.Return(second);
        }
    }

    /// <summary>The stored voxels of a chunk for which <see cref="IsStored"/>, its checksums checked.</summary>
    public ReadOnlySpan<byte> Stored(ReadOnlySpan<byte> encoded)
    {
        for (var i = stages.Count; i > 0; i--)
            encoded = CheckSum(encoded);
        CheckLength(encoded.Length, DecodedLength);
        return encoded;
    }

    private void ToVoxels(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        if (transpositions.Count == 0)
        {
            ToNumbers(bytes, target, shape);
            return;
        }

        var shapes = new NdIndex[transpositions.Count + 1];
        shapes[0] = shape;
        for (var i = 0; i < transpositions.Count; i++)
            shapes[i + 1] = transpositions[i].Apply(shapes[i]);
        var (one, other) = (ArrayPool<byte>.Shared.Rent(target.Length), transpositions.Count > 1 ? ArrayPool<byte>.Shared.Rent(target.Length) : []);
        try
        {
            ToNumbers(bytes, one.AsSpan(0, target.Length), shapes[^1]);
            for (var i = transpositions.Count - 1; i >= 0; i--)
            {
                var decoded = i == 0 ? target : other.AsSpan(0, target.Length);
                transpositions[i].Undo(one.AsSpan(0, target.Length), decoded, shapes[i], elementSize);
                (one, other) = (other, one);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(one);
            if (other.Length > 0)
                ArrayPool<byte>.Shared.Return(other);
        }
    }

    private void ToNumbers(ReadOnlySpan<byte> bytes, Span<byte> target, NdIndex storedShape)
    {
        if (shard is not null)
        {
            shard.DecodeWhole(bytes, target, storedShape);
            return;
        }

        CheckLength(bytes.Length, target.Length);
        // Already there when the only stage decoded straight into it.
        if (!bytes.Overlaps(target))
            bytes.CopyTo(target);
        if (bigEndian)
            ByteOrder.Reverse(target, elementSize);
    }

    /// <summary>The room that the output of stage <paramref name="index"/> needs: exact unless another compressor or a shard is beneath.</summary>
    private int Room(int index)
    {
        var inner = stages.Take(index).ToArray();
        var plain = shape.Volume * elementSize;
        var exact = shard is null && inner.All(stage => stage is null);
        return checked((int)(exact ? plain + (inner.Length * ChecksumLength) : Math.Min(int.MaxValue - 64, (2 * plain) + (1 << 20))));
    }

    private static ReadOnlySpan<byte> CheckSum(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < ChecksumLength)
            throw new InvalidDataException($"got {encoded.Length} bytes, expected at least a checksum of {ChecksumLength}.");
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(encoded[^ChecksumLength..]);
        var actual = Crc32C.Compute(encoded[..^ChecksumLength]);
        return stated == actual
            ? encoded[..^ChecksumLength]
            : throw new InvalidDataException($"got checksum {actual:x8}, expected {stated:x8} (crc32c).");
    }

    private static void CheckLength(int got, int expected)
    {
        if (got != expected)
            throw new InvalidDataException($"got {got} decoded bytes, expected {expected}.");
    }
}
