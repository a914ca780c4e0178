using System.Buffers.Binary;
using System.IO.Compression;

namespace EmPipeline.Demo.Writers;

/// <summary>
/// The neuroglancer_uint64_sharded_v1 layout with identity hash, raw data and gzip minishard indexes.
/// </summary>
internal readonly record struct ShardedChunks(int PreshiftBits, int MinishardBits, int ShardBits)
{
    private int IndexBytes => 16 << MinishardBits;

    /// <summary>The compressed Morton code of a chunk: its x, y, z bits interleaved, lowest first, where the grid needs that bit.</summary>
    /// <param name="chunk">x, y, z.</param>
    /// <param name="grid">Chunks on each axis, x, y, z.</param>
    public static ulong Identifier((int X, int Y, int Z) chunk, (int X, int Y, int Z) grid)
    {
        var (code, at) = (0UL, 0);
        for (var bit = 0; bit < 21; bit++)
        {
            Take(chunk.X, grid.X);
            Take(chunk.Y, grid.Y);
            Take(chunk.Z, grid.Z);

            void Take(int position, int size)
            {
                if (1 << bit < size)
                    code |= (ulong)((position >> bit) & 1) << at++;
            }
        }

        return code;
    }

    /// <summary>The shard files of these chunks by name. Shards without chunks are left out.</summary>
    public IEnumerable<(string Name, byte[] Content)> Encode(IReadOnlyDictionary<ulong, byte[]> chunks)
    {
        var self = this;
        var digits = Math.Max(1, (ShardBits + 3) / 4);
        foreach (var shard in chunks.Keys.GroupBy(id => (id >> self.PreshiftBits >> self.MinishardBits) & ((1UL << self.ShardBits) - 1)).OrderBy(g => g.Key))
            yield return (shard.Key.ToString("x" + digits, null) + ".shard", self.EncodeShard(shard, chunks));
    }

    private byte[] EncodeShard(IEnumerable<ulong> ids, IReadOnlyDictionary<ulong, byte[]> chunks)
    {
        using var body = new MemoryStream();
        var index = new byte[IndexBytes];
        var (preshift, mask) = (PreshiftBits, (1UL << MinishardBits) - 1);
        foreach (var minishard in ids.GroupBy(id => (id >> preshift) & mask).OrderBy(g => g.Key))
        {
            ulong[] members = [.. minishard.Order()];
            var table = new byte[24 * members.Length];
            var (previousId, previousEnd) = (0UL, 0L);
            for (var i = 0; i < members.Length; i++)
            {
                var chunk = chunks[members[i]];
                Put(table, i, members[i] - previousId);
                // Relative to the end of the chunk before; the first, to the end of the shard index.
                Put(table, members.Length + i, (ulong)(body.Position - previousEnd));
                Put(table, (2 * members.Length) + i, (ulong)chunk.Length);
                body.Write(chunk);
                (previousId, previousEnd) = (members[i], body.Position);
            }

            var start = body.Position;
            body.Write(Gzip(table));
            Put(index, 2 * (int)minishard.Key, (ulong)start);
            Put(index, (2 * (int)minishard.Key) + 1, (ulong)body.Position);
        }

        return [.. index, .. body.ToArray()];
    }

    private static void Put(byte[] target, int word, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(target.AsSpan(8 * word), value);

    private static byte[] Gzip(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(data);
        return packed.ToArray();
    }
}
