using System.Globalization;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Which hash spreads the chunk ids over shards.</summary>
public enum ShardHash
{
    Identity,
    MurmurHash3X86128,
}

/// <summary>The "neuroglancer_uint64_sharded_v1" parameters of one scale. Immutable.</summary>
/// <param name="PreshiftBits">Low bits of the id that are dropped before hashing, so that 2^this neighbours share a minishard.</param>
/// <param name="MinishardBits">A shard has 2^this minishards.</param>
/// <param name="ShardBits">There are 2^this shards.</param>
/// <param name="GzipIndex">Minishard indexes are gzip members.</param>
/// <param name="GzipData">Each chunk is a gzip member; false when "data_encoding" is "raw" or omitted.</param>
public sealed record ShardingSpecification(
    int PreshiftBits, ShardHash Hash, int MinishardBits, int ShardBits, bool GzipIndex, bool GzipData)
{
    /// <summary>Bytes of one entry of the shard index: start and end of a minishard index.</summary>
    internal const int IndexEntryBytes = 16;

    /// <summary>Bytes of the index that every shard file starts with; offsets in the file count from its end.</summary>
    public long IndexBytes => (long)IndexEntryBytes << MinishardBits;

    /// <summary>Where the chunk with this id is kept.</summary>
    public (ulong Shard, ulong Minishard) Locate(ulong chunkId)
    {
        // C# takes shift counts modulo 64, the format does not.
        var key = PreshiftBits < 64 ? chunkId >> PreshiftBits : 0;
        var hash = Hash == ShardHash.Identity ? key : MurmurHash3.Hash(key);
        var shard = hash >> MinishardBits;
        return (ShardBits < 64 ? shard & ((1UL << ShardBits) - 1) : shard, hash & ((1UL << MinishardBits) - 1));
    }

    /// <summary>The file name of a shard: lowercase hexadecimal, one digit for every four shard bits, at least one.</summary>
    public string FileName(ulong shard) =>
        shard.ToString("x" + Math.Max(1, (ShardBits + 3) / 4), CultureInfo.InvariantCulture) + ".shard";
}
