using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.Codecs;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Writes one shard after another: encoded chunks in C order, crc32c behind each, then the index and its crc32c. What is encoded is written
/// while it is in the cache, so the buffer is small whatever the shard; raw chunks are gathered straight into it.
/// </summary>
internal sealed class ShardWriter : IShardWriter
{
    private const int ChecksumLength = sizeof(uint);
    private const int LeastRoom = 128 << 10;
    private const int PageLength = 4096;
    private readonly ShardSink _sink;
    private readonly ZstdCodec? _zstd;
    private readonly int _chunkLength;

    // Of an encoded chunk with its checksum, at most.
    private readonly int _chunkRoom;
    private readonly ulong[] _index;
    // Shared by all writers of a thread: a worker has one for each shard of a row, and together theirs would not fit the cache.
    [ThreadStatic]
    private static byte[]? t_chunks;

    private byte[] _buffer;
    private int _buffered;
    private long _length;
    private uint _checksum;
    private SafeFileHandle? _file;
    private int _level;
    private NdIndex _position;

    /// <param name="chunkLength">Bytes of a decoded inner chunk.</param>
    /// <param name="chunkCount">Inner chunks a shard.</param>
    public ShardWriter(ShardSink sink, ShardCodec codec, int chunkLength, int chunkCount)
    {
        (_sink, _chunkLength) = (sink, chunkLength);
        _zstd = codec.IsZstd ? new ZstdCodec(codec.Level) : null;
        _chunkRoom = checked((_zstd is null ? chunkLength : ZstdCodec.MaxEncodedLength(chunkLength)) + ChecksumLength);
        _index = new ulong[2 * chunkCount];
        _buffer = NewBuffer(Math.Max(LeastRoom, _chunkRoom) + PageLength);
    }

    public void Begin(int level, NdIndex position)
    {
        (_level, _position, _length, _buffered, _checksum) = (level, position, 0, 0, 0);
        Array.Fill(_index, ShardLayout.Absent);
    }

    public Span<byte> Reserve(int count, out int stride)
    {
        if (_zstd is null)
        {
            stride = _chunkLength + ChecksumLength;
            MakeRoom(checked(count * stride));
            return _buffer.AsSpan(_buffered, count * stride);
        }

        stride = _chunkLength;
        if (t_chunks is null || t_chunks.Length < count * stride)
            t_chunks = NewBuffer(checked(count * stride));
        return t_chunks;
    }

    public void Add(int chunk, ReadOnlySpan<byte> voxels)
    {
        var length = voxels.Length;
        if (_zstd is not null)
        {
            MakeRoom(_chunkRoom);
            length = _zstd.Encode(voxels, _buffer.AsSpan(_buffered));
        }
        else if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(voxels), ref _buffer[_buffered]))
        {
            // A chunk before it was empty and took no place.
            voxels.CopyTo(_buffer.AsSpan(_buffered));
        }

        var encoded = _buffer.AsSpan(_buffered, length);
        var checksum = Crc32C.Compute(encoded);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_buffered + length), checksum);
        // The file's checksum follows from those of its parts: no second pass.
        checksum = Crc32C.Append(checksum, _buffer.AsSpan(_buffered + length, ChecksumLength));
        _checksum = Crc32C.Combine(_checksum, checksum, length + ChecksumLength);
        (_index[2 * chunk], _index[(2 * chunk) + 1]) = ((ulong)(_length + _buffered), (ulong)(length + ChecksumLength));
        _buffered += length + ChecksumLength;
    }

    public (long StoredBytes, uint Checksum) Finish()
    {
        var indexLength = _index.Length * sizeof(ulong);
        MakeRoom(indexLength + ChecksumLength);
        var index = _buffer.AsSpan(_buffered, indexLength);
        for (var i = 0; i < _index.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(index[(i * sizeof(ulong))..], _index[i]);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_buffered + indexLength), Crc32C.Compute(index));
        _checksum = Crc32C.Append(_checksum, _buffer.AsSpan(_buffered, indexLength + ChecksumLength));
        _buffered += indexLength + ChecksumLength;
        Flush(_buffered);
        _sink.Stored(_level, _position, _file!);
        _file = null;
        return (_length, _checksum);
    }

    // Native contexts belong to the threads, buffers to the collector.
    public void Dispose() => _file?.Dispose();

    private void MakeRoom(int length)
    {
        if (_buffered + length <= _buffer.Length)
            return;
        // Whole pages: one that is written in two parts costs the kernel twice.
        Flush(_buffered & ~(PageLength - 1));
        if (_buffered + length <= _buffer.Length)
            return;
        var larger = NewBuffer(length + PageLength);
        _buffer.AsSpan(0, _buffered).CopyTo(larger);
        _buffer = larger;
    }

    /// <summary>Writes the first <paramref name="length"/> bytes of the buffer and moves the rest to its start.</summary>
    private void Flush(int length)
    {
        _file ??= _sink.Create(_level, _position);
        try
        {
            RandomAccess.Write(_file, _buffer.AsSpan(0, length), _length);
        }
        catch (IOException e)
        {
            throw _sink.Failed(e);
        }

        _buffer.AsSpan(length, _buffered - length).CopyTo(_buffer);
        _length += length;
        _buffered -= length;
    }

    private static byte[] NewBuffer(int length) => GC.AllocateUninitializedArray<byte>(length, pinned: true);
}
