using System.Runtime.CompilerServices;
using System.Text.Json;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Stages.Rechunk;

/// <summary>The block index of one dataset as a file of JSON lines: in order, the same bytes for the same blocks.</summary>
internal static class BlockLines
{
    private static readonly JsonSerializerOptions Line = new(CanonicalJson.Options) { WriteIndented = false };

    /// <returns>The bytes stored in each of the <paramref name="levels"/> levels.</returns>
    public static async Task<long[]> WriteAsync(string path, IEnumerable<BlockRecord> blocks, int levels, CancellationToken cancellation)
    {
        var stored = new long[levels];
        await AtomicFile.WriteAsync(path, Lines(blocks, stored), cancellation: cancellation);
        return stored;
    }

    public static async IAsyncEnumerable<BlockRecord> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var line in File.ReadLinesAsync(path, cancellation))
            yield return JsonSerializer.Deserialize<BlockRecord>(line, Line)!;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(IEnumerable<BlockRecord> blocks, long[] stored)
    {
        foreach (var block in blocks)
        {
            stored[block.Level] += block.StoredBytes;
            yield return JsonSerializer.SerializeToUtf8Bytes(block, Line);
            yield return "\n"u8.ToArray();
        }
    }
}
