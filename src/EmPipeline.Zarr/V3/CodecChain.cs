using System.Buffers;
using System.Buffers.Binary;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.Filters;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// The codecs of one chunk: array-to-array codecs, then numbers to bytes (plain, or a shard), then compressors and checksums.
/// Immutable, safe for concurrent use.
/// </summary>
internal sealed class CodecChain
{
    private const int ChecksumLength = sizeof(uint);
    private readonly IReadOnlyList<ArrayStage> _arrays;
    private readonly StoredNumbers _numbers;
    private readonly int _storedLength;
    private readonly ShardLayout? _shard;
    private readonly IReadOnlyList<IBytesCodec?> _stages;

    // The room for what comes out of each stage.
    private readonly int[] _rooms;

    /// <param name="stages">Null for crc32c.</param>
    /// <exception cref="OverflowException">A chunk takes 2 GiB or more.</exception>
    public CodecChain(NdIndex shape, int elementSize, IReadOnlyList<ArrayStage> arrays, StoredNumbers numbers, ShardLayout? shard, IReadOnlyList<IBytesCodec?> stages)
    {
        (Shape, ElementSize, _arrays, _numbers, _shard, _stages) = (shape, elementSize, arrays, numbers, shard, stages);
        PlainShard = arrays.Count == 0 && stages.Count == 0 && shard is { IsEven: true } ? shard : null;
        DecodedLength = checked((int)(PlainShard is null ? shape.Volume * elementSize : 0));
        _storedLength = checked((int)(PlainShard is null ? numbers.Length : 0));
        IsStored = shard is null && arrays.Count == 0 && (!numbers.BigEndian || elementSize == 1) && stages.All(stage => stage is null);
        _rooms = PlainShard is null ? Rooms() : [];
    }

    /// <summary>The decoded chunk.</summary>
    public NdIndex Shape { get; }

    public int ElementSize { get; }

    /// <summary>Bytes of the decoded chunk; 0 for a <see cref="PlainShard"/>, which is never decoded whole and may be of any size.</summary>
    public int DecodedLength { get; }

    /// <summary>The shard's layout when the chunk is a shard and nothing else is done to it, so that parts of it can be read.</summary>
    public ShardLayout? PlainShard { get; }

    /// <summary>The decoded voxels are the stored ones, but for a checksum behind them.</summary>
    public bool IsStored { get; }

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
            for (var i = _stages.Count - 1; i >= 0; i--)
            {
                if (_stages[i] is not { } codec)
                {
                    encoded = CheckSum(encoded);
                    continue;
                }

                var direct = i == 0 && _shard is null && _arrays.Count == 0;
                if (direct)
                {
                    CheckLength(codec.Decode(encoded, target), target.Length);
                    encoded = target;
                    continue;
                }

                var room = _rooms[i];
                var rented = ArrayPool<byte>.Shared.Rent(room);
                if (second is not null)
                    ArrayPool<byte>.Shared.Return(second);
                (second, first) = (first, rented);
                encoded = rented.AsSpan(0, codec.Decode(encoded, rented.AsSpan(0, room)));
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

    /// <summary>The stored voxels of a chunk for which <see cref="IsStored"/>.</summary>
    /// <param name="isVerified">Its checksums were checked before and are passed over.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public ReadOnlySpan<byte> Stored(ReadOnlySpan<byte> encoded, bool isVerified)
    {
        if (isVerified)
            return encoded[..DecodedLength];
        for (var i = _stages.Count; i > 0; i--)
            encoded = CheckSum(encoded);
        CheckLength(encoded.Length, DecodedLength);
        return encoded;
    }

    private void ToVoxels(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        if (_arrays.Count == 0)
        {
            ToNumbers(bytes, target);
            return;
        }

        var longest = Math.Max(_storedLength, _arrays.Max(stage => stage.DecodedLength));
        var (one, other) = (ArrayPool<byte>.Shared.Rent(longest), _arrays.Count > 1 ? ArrayPool<byte>.Shared.Rent(longest) : []);
        try
        {
            var length = _storedLength;
            ToNumbers(bytes, one.AsSpan(0, length));
            for (var i = _arrays.Count - 1; i >= 0; i--)
            {
                var decoded = i == 0 ? target : other.AsSpan(0, _arrays[i].DecodedLength);
                _arrays[i].Undo(one.AsSpan(0, length), decoded);
                length = decoded.Length;
                (one, other) = (other, one);
            }
        }
        finally
        {
            if (one.Length > 0)
                ArrayPool<byte>.Shared.Return(one);
            if (other.Length > 0)
                ArrayPool<byte>.Shared.Return(other);
        }
    }

    private void ToNumbers(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        if (_shard is not null)
        {
            _shard.DecodeWhole(bytes, target, _numbers.Shape);
            return;
        }

        CheckLength(bytes.Length, target.Length);
        // Already there when the only stage decoded straight into it.
        if (!bytes.Overlaps(target))
            bytes.CopyTo(target);
        if (_numbers.BigEndian)
            ByteOrder.Reverse(target, _numbers.ElementSize);
    }

    /// <summary>The room behind each stage: exact as long as each stage's encoded length follows from the decoded one.</summary>
    private int[] Rooms()
    {
        const int MaxLength = int.MaxValue - 64, Overhead = 1 << 20;
        var rooms = new int[_stages.Count];
        var room = _shard is null ? _storedLength : (2L * _storedLength) + Overhead + _shard.IndexLength;
        for (var i = 0; i < rooms.Length; i++)
        {
            rooms[i] = (int)Math.Min(room, MaxLength);
            room = _stages[i] switch
            {
                null => room + ChecksumLength,
                IFilter filter => filter.EncodedLength(room),
                _ => (2 * room) + Overhead,
            };
        }

        return rooms;
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
