using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Stages.Rechunk;

/// <summary>The block index of one dataset as a file of JSON lines: in order, the same bytes for the same blocks.</summary>
internal static class BlockLines
{
    private static readonly JsonSerializerOptions Line = new(CanonicalJson.Options) { WriteIndented = false };

    public static async Task WriteAsync(string path, IEnumerable<BlockRecord> blocks, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        foreach (var block in blocks)
            text.Append(JsonSerializer.Serialize(block, Line)).Append('\n');
        await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(text.ToString()), cancellation: cancellation);
    }

    public static async IAsyncEnumerable<BlockRecord> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var line in File.ReadLinesAsync(path, cancellation))
            yield return JsonSerializer.Deserialize<BlockRecord>(line, Line)!;
    }
}
