using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Stages.Ledgers;

/// <summary>The shards that a stage answers for: there may be millions, so a ledger names their table, and that holds each one.</summary>
/// <param name="Table">The <see cref="ShardTable"/>, relative to the data folder.</param>
/// <param name="Key">The table's: what the shards were made from. Another run's table may be as long.</param>
/// <param name="Length">Of the table.</param>
/// <param name="Sha256">Of the table.</param>
/// <param name="Volume">The folder of the shards, relative to the data folder.</param>
public sealed record ShardList(string Table, string Key, long Length, string Sha256, string Volume)
{
    /// <summary>Every shard with its blocks, by level, then position z, y, x.</summary>
    /// <exception cref="EmException">The table is gone, damaged, or not the one that the ledger was written with.</exception>
    public IEnumerable<ShardRecord> Read(DataFolder data)
    {
        var path = Path.Combine(data.Root, Table);
        if (FileLength.Of(path) != Length || FileHash.Sha256Async(path).GetAwaiter().GetResult() != Sha256)
            throw Another(path);
        foreach (var shard in ShardTable.Read(path))
            yield return shard;
    }

    /// <summary>The files of all shards, by level, then position z, y, x.</summary>
    /// <exception cref="EmException">The table is gone, damaged, or of other shards than those that the ledger was written with.</exception>
    public IEnumerable<StoredShard> Files(DataFolder data)
    {
        var path = Path.Combine(data.Root, Table);
        using var table = ShardTable.Open(path);
        if (table.Key != Key)
            throw Another(path);
        foreach (var file in table.Files(Path.Combine(data.Root, Volume)))
            yield return file;
    }

    private static EmException Another(string path) =>
        EmException.Corrupt(path, "got no table of shards, or another one than its ledger was written with, expected that one. Run Rechunk again: it makes what is missing.");
}
