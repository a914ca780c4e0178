using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Encodes the chunks of one part of a shard after another, crc32c behind each. Where the part is the whole shard, what is encoded is written
/// while it is in the cache, so the buffer is small whatever the shard; else it is gathered and given to the shard's file as a whole. Raw
/// chunks are gathered straight into the buffer.
/// </summary>
internal sealed class ShardWriter : IShardWriter
{
    private const int ChecksumLength = sizeof(uint);
    private const int LeastRoom = 128 << 10;
    private const int PageLength = 4096;

    // Shared by all writers of a thread: a worker has one for each shard of a row, and together theirs would not fit the cache.
    [ThreadStatic]
    private static byte[]? t_chunks;

    private readonly ShardSink _sink;
    private readonly bool _isWhole;
    private readonly IBytesEncoder? _encoder;
    private readonly int _chunkLength;

    // Of an encoded chunk with its checksum, at most.
    private readonly int _chunkRoom;
    private List<ChunkEntry> _entries = [];
    private NativeBuffer? _buffer;
    private ShardFile? _file;
    private int _buffered;
    private long _flushed;
    private uint _checksum;
    private int _part;

    /// <param name="elementSize">Bytes of a voxel.</param>
    /// <param name="chunkLength">Bytes of a decoded inner chunk.</param>
    /// <param name="isWhole">A part is a whole shard.</param>
    public ShardWriter(ShardSink sink, ShardCodec codec, int elementSize, int chunkLength, bool isWhole)
    {
        (_sink, _chunkLength, _isWhole) = (sink, chunkLength, isWhole);
        _encoder = codec.Encoder(elementSize);
        _chunkRoom = ChunkRoom(codec, chunkLength);
        _buffer = isWhole ? new NativeBuffer(Math.Max(LeastRoom, _chunkRoom) + PageLength) : null;
    }

    /// <summary>Bytes that an encoded chunk with its checksum takes at most.</summary>
    public static int ChunkRoom(ShardCodec codec, int chunkLength) =>
        checked((codec.Encoder(elementSize: 1)?.MaxEncodedLength(chunkLength) ?? chunkLength) + ChecksumLength);

    public void Begin(int level, NdIndex position, int part)
    {
        (_part, _flushed, _buffered, _checksum) = (part, 0, 0, 0);
        _entries.Clear();
        _file = _sink.Open(level, position);
        if (!_isWhole)
            _buffer ??= _sink.Parts.Rent();
    }

    public Span<byte> Reserve(int count, out int stride)
    {
        if (_encoder is null)
        {
            stride = _chunkLength + ChecksumLength;
            MakeRoom(checked(count * stride));
            return _buffer!.GetSpan().Slice(_buffered, count * stride);
        }

        stride = _chunkLength;
        if (t_chunks is null || t_chunks.Length < count * stride)
            t_chunks = GC.AllocateUninitializedArray<byte>(checked(count * stride), pinned: true);
        return t_chunks;
    }

    public void Add(int chunk, ReadOnlySpan<byte> voxels)
    {
        var length = voxels.Length;
        if (_encoder is not null)
            MakeRoom(_chunkRoom);
        var room = _buffer!.GetSpan()[_buffered..];
        if (_encoder is not null)
            length = _encoder.Encode(voxels, room);
        else if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(voxels), ref MemoryMarshal.GetReference(room)))
            // A chunk before it was empty and took no place.
            voxels.CopyTo(room);

        var encoded = room[..length];
        var checksum = Crc32C.Compute(encoded);
        BinaryPrimitives.WriteUInt32LittleEndian(room[length..], checksum);
        // The file's checksum follows from those of its parts: no second pass.
        checksum = Crc32C.Append(checksum, room.Slice(length, ChecksumLength));
        length += ChecksumLength;
        _checksum = Crc32C.Combine(_checksum, checksum, length);
        _entries.Add(new ChunkEntry(chunk, _flushed + _buffered, length));
        _buffered += length;
    }

    public void Finish()
    {
        if (_isWhole)
        {
            _file!.Write(_buffer!.GetSpan()[.._buffered]);
            _file.List(_entries, 0, _flushed + _buffered, _checksum);
            return;
        }

        // What took no place keeps its buffer.
        var buffer = _buffered > 0 ? _buffer : null;
        _file!.Put(_part, new StoredPart(buffer, _buffered, _checksum, _entries.ToArray()));
        if (buffer is not null)
            _buffer = null;
    }

    public void Dispose()
    {
        // The buffers of parts are the pool's.
        if (_isWhole)
            ((IDisposable?)_buffer)?.Dispose();
    }

    private void MakeRoom(int length)
    {
        if (_buffered + length <= _buffer!.Length)
            return;
        if (!_isWhole)
            throw new InvalidOperationException($"got {_buffered + length} bytes of one part, expected at most {_buffer.Length}.");
        // Whole pages: one that is written in two parts costs the kernel twice.
        Flush(_buffered & ~(PageLength - 1));
        if (_buffered + length <= _buffer.Length)
            return;
        var larger = new NativeBuffer(length + PageLength);
        _buffer.GetSpan()[.._buffered].CopyTo(larger.GetSpan());
        ((IDisposable)_buffer).Dispose();
        _buffer = larger;
    }

    /// <summary>Writes the first <paramref name="length"/> bytes of the buffer and moves the rest to its start.</summary>
    private void Flush(int length)
    {
        var buffer = _buffer!.GetSpan();
        _file!.Write(buffer[..length]);
        buffer[length.._buffered].CopyTo(buffer);
        _flushed += length;
        _buffered -= length;
    }
}
