using System.Buffers.Binary;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// The layout of a shard file that holds just some chunks of a source's shard of the same name: shard index, chunks by minishard and id,
/// minishard indexes. The same chunks give the same bytes, on every machine and version.
/// </summary>
internal sealed class CompactShard
{
    private readonly ShardingSpecification _sharding;
    private readonly Dictionary<ulong, long> _offsets = [];
    private readonly List<(ulong Minishard, byte[] Index)> _indexes = [];
    private readonly long _dataEnd;

    /// <param name="chunks">Each chunk's id and stored length.</param>
    public CompactShard(ShardingSpecification sharding, IEnumerable<(ulong Id, long Length)> chunks)
    {
        _sharding = sharding;
        var end = sharding.IndexBytes;
        foreach (var minishard in chunks.GroupBy(chunk => sharding.Locate(chunk.Id).Minishard).OrderBy(group => group.Key))
        {
            var members = minishard.OrderBy(chunk => chunk.Id).ToArray();
            _indexes.Add((minishard.Key, EncodeIndex(members, end)));
            foreach (var (id, length) in members)
            {
                _offsets.Add(id, end);
                end += length;
            }
        }

        _dataEnd = end;
        Length = end + _indexes.Sum(index => (long)index.Index.Length);
    }

    /// <summary>Bytes of the whole file.</summary>
    public long Length { get; }

    /// <summary>Where a chunk's bytes belong in the file.</summary>
    public long OffsetOf(ulong id) => _offsets[id];

    /// <summary>Both levels of index: bytes and where they belong. Entries of empty minishards are zeros, and left out.</summary>
    public IEnumerable<(long Offset, ReadOnlyMemory<byte> Bytes)> Indexes()
    {
        var at = _dataEnd;
        foreach (var (minishard, index) in _indexes)
        {
            var entry = new byte[ShardingSpecification.IndexEntryBytes];
            BinaryPrimitives.WriteInt64LittleEndian(entry, at - _sharding.IndexBytes);
            BinaryPrimitives.WriteInt64LittleEndian(entry.AsSpan(sizeof(long)), at + index.Length - _sharding.IndexBytes);
            yield return ((long)minishard * entry.Length, entry);
            yield return (at, index);
            at += index.Length;
        }
    }

    private byte[] EncodeIndex((ulong Id, long Length)[] members, long start)
    {
        var table = new byte[3 * sizeof(ulong) * members.Length];
        for (var i = 0; i < members.Length; i++)
        {
            Put(i, members[i].Id - (i == 0 ? 0 : members[i - 1].Id));
            // Each chunk starts where the one before ends.
            Put(members.Length + i, i == 0 ? (ulong)(start - _sharding.IndexBytes) : 0);
            Put(2 * members.Length + i, (ulong)members[i].Length);
        }

        return _sharding.GzipIndex ? StoredGzip.Encode(table) : table;

        void Put(int i, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(i * sizeof(ulong)), value);
    }
}
