using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>Writes shard files from the format's text, independently of the reader: big integers, the general hash, dictionaries.</summary>
internal sealed class ShardWriter(JsonObject sharding)
{
    private readonly int _minishardBits = (int)sharding["minishard_bits"]!;
    private readonly int _shardBits = (int)sharding["shard_bits"]!;

    /// <summary>The order of chunks within a minishard, which the format leaves open; ids descend when set.</summary>
    public bool Descending { get; init; }

    /// <summary>Bytes left unused before every chunk.</summary>
    public int Gap { get; init; }

    public static JsonObject Specification(
        int preshift, int minishard, int shard, string hash = "identity", string? index = "raw", string? data = "raw")
    {
        var specification = new JsonObject
        {
            ["@type"] = "neuroglancer_uint64_sharded_v1",
            ["preshift_bits"] = preshift,
            ["hash"] = hash,
            ["minishard_bits"] = minishard,
            ["shard_bits"] = shard,
        };
        if (index is not null)
            specification["minishard_index_encoding"] = index;
        if (data is not null)
            specification["data_encoding"] = data;
        return specification;
    }

    public void Write(MemoryStore store, string folder, Dictionary<ulong, byte[]> chunks)
    {
        foreach (var shard in chunks.GroupBy(chunk => (BigInteger)Hash(chunk.Key) / BigInteger.Pow(2, _minishardBits) % BigInteger.Pow(2, _shardBits)))
        {
            var digits = Math.Max(1, (int)Math.Ceiling(_shardBits / 4.0));
            var name = ((ulong)shard.Key).ToString("x", CultureInfo.InvariantCulture).PadLeft(digits, '0');
            store.Objects[$"{folder}{name}.shard"] = WriteShard([.. shard]);
        }
    }

    private byte[] WriteShard(KeyValuePair<ulong, byte[]>[] chunks)
    {
        var minishards = 1 << _minishardBits;
        var index = new ulong[minishards * 2];
        var body = new MemoryStream();
        foreach (var minishard in chunks.GroupBy(chunk => (int)(Hash(chunk.Key) % (ulong)minishards)))
        {
            var members = Descending ? minishard.OrderByDescending(chunk => chunk.Key).ToArray() : [.. minishard.OrderBy(chunk => chunk.Key)];
            var (ids, starts, sizes) = (new List<ulong>(), new List<ulong>(), new List<ulong>());
            var (lastId, lastEnd) = (0UL, 0UL);
            foreach (var (id, bytes) in members)
            {
                body.Write(new byte[Gap]);
                var stored = (string?)sharding["data_encoding"] == "gzip" ? SyntheticVolume.Gzip(bytes) : bytes;
                ids.Add(unchecked(id - lastId));
                starts.Add((ulong)body.Position - lastEnd);
                sizes.Add((ulong)stored.Length);
                body.Write(stored);
                (lastId, lastEnd) = (id, (ulong)body.Position);
            }

            var table = ids.Concat(starts).Concat(sizes).SelectMany(BitConverter.GetBytes).ToArray();
            if ((string?)sharding["minishard_index_encoding"] == "gzip")
                table = SyntheticVolume.Gzip(table);
            index[minishard.Key * 2] = (ulong)body.Position;
            body.Write(table);
            index[(minishard.Key * 2) + 1] = (ulong)body.Position;
        }

        return [.. index.SelectMany(BitConverter.GetBytes), .. body.ToArray()];
    }

    private ulong Hash(ulong id)
    {
        var key = (ulong)((BigInteger)id / BigInteger.Pow(2, (int)sharding["preshift_bits"]!));
        if ((string?)sharding["hash"] == "identity")
            return key;
        var words = ReferenceMurmur.Hash(BitConverter.GetBytes(key));
        return words[0] + ((ulong)words[1] << 32);
    }
}
