using System.Runtime.CompilerServices;
using System.Text.Json;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Stages.Rechunk;

/// <summary>The block index of one dataset as a file of JSON lines, one a shard with its blocks: in order, the same bytes for the same blocks.</summary>
internal static class BlockLines
{
    private static readonly JsonSerializerOptions Line = new(CanonicalJson.Options) { WriteIndented = false };

    /// <returns>The bytes stored in each of the <paramref name="levels"/> levels.</returns>
    public static async Task<long[]> WriteAsync(string path, IEnumerable<ShardRecord> shards, int levels, CancellationToken cancellation)
    {
        var stored = new long[levels];
        await AtomicFile.WriteAsync(path, Lines(shards, stored), cancellation: cancellation);
        return stored;
    }

    public static async IAsyncEnumerable<ShardRecord> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var line in File.ReadLinesAsync(path, cancellation))
            yield return JsonSerializer.Deserialize<ShardRecord>(line, Line)!;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(IEnumerable<ShardRecord> shards, long[] stored)
    {
        foreach (var shard in shards)
        {
            stored[shard.Level] += shard.StoredBytes;
            yield return JsonSerializer.SerializeToUtf8Bytes(shard, Line);
            yield return "\n"u8.ToArray();
        }
    }
}
