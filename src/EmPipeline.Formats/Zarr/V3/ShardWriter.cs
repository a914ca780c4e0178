using System.Buffers.Binary;
using System.Globalization;
using EmPipeline.Formats.Codecs;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Formats.Zarr.V3;

/// <summary>
/// Puts one shard after another together in memory and writes each with one call: encoded chunks in C order, crc32c behind each, then the
/// index and its crc32c.
/// </summary>
internal sealed class ShardWriter : IShardWriter
{
    private const int ChecksumLength = sizeof(uint);
    private readonly ShardSink _sink;
    private readonly ZstdCodec? _zstd;
    private readonly byte[] _shard;
    private readonly ulong[] _index;
    private int _length;
    private uint _checksum;
    private int _level;
    private NdIndex _position;

    /// <param name="chunkLength">Bytes of a decoded inner chunk.</param>
    /// <param name="chunkCount">Inner chunks a shard.</param>
    public ShardWriter(ShardSink sink, ShardCodec codec, int chunkLength, int chunkCount)
    {
        _sink = sink;
        _zstd = codec.IsZstd ? new ZstdCodec(codec.Level) : null;
        _index = new ulong[2 * chunkCount];
        var room = (_zstd is null ? chunkLength : ZstdCodec.MaxEncodedLength(chunkLength)) + ChecksumLength;
        _shard = GC.AllocateUninitializedArray<byte>(checked((room * chunkCount) + (_index.Length * sizeof(ulong)) + ChecksumLength), pinned: true);
    }

    public void Begin(int level, NdIndex position)
    {
        (_level, _position, _length, _checksum) = (level, position, 0, 0);
        Array.Fill(_index, ShardLayout.Absent);
    }

    public void Add(int chunk, ReadOnlySpan<byte> voxels)
    {
        var length = voxels.Length;
        if (_zstd is not null)
            length = _zstd.Encode(voxels, _shard.AsSpan(_length));
        else
            voxels.CopyTo(_shard.AsSpan(_length));
        var checksum = Crc32C.Compute(_shard.AsSpan(_length, length));
        BinaryPrimitives.WriteUInt32LittleEndian(_shard.AsSpan(_length + length), checksum);
        // The file's checksum follows from those of its parts: no second pass.
        checksum = Crc32C.Append(checksum, _shard.AsSpan(_length + length, ChecksumLength));
        _checksum = Crc32C.Combine(_checksum, checksum, length + ChecksumLength);
        (_index[2 * chunk], _index[(2 * chunk) + 1]) = ((ulong)_length, (ulong)(length + ChecksumLength));
        _length += length + ChecksumLength;
    }

    public (long StoredBytes, string Checksum) Finish()
    {
        var index = _shard.AsSpan(_length, _index.Length * sizeof(ulong));
        for (var i = 0; i < _index.Length; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(index[(i * sizeof(ulong))..], _index[i]);
        BinaryPrimitives.WriteUInt32LittleEndian(_shard.AsSpan(_length + index.Length), Crc32C.Compute(index));
        _checksum = Crc32C.Append(_checksum, _shard.AsSpan(_length, index.Length + ChecksumLength));
        _length += index.Length + ChecksumLength;
        _sink.Store(_level, _position, _shard.AsSpan(0, _length));
        return (_length, _checksum.ToString("x8", CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        // Native contexts belong to the threads, buffers to the collector.
    }
}
