using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Finds out what one file of a <see cref="CropPlan"/> is made of.</summary>
internal static class CropContents
{
    private const int PieceBytes = 4 << 20;

    /// <returns>Null when the source has no such chunk.</returns>
    public static ValueTask<CropContent?> OfAsync(CropPlan plan, CropFile file, CancellationToken cancellation) =>
        file.ChunkIds.Count > 0 ? OfShardAsync(plan, file, cancellation)
        : file.Cell is { } cell ? OfChunkAsync(plan, file, cell, cancellation)
        : OfInfoAsync(plan, file, cancellation);

    private static async ValueTask<CropContent?> OfInfoAsync(CropPlan plan, CropFile file, CancellationToken cancellation)
    {
        var source = await plan.Source.Store.FindAsync(plan.Source.Child("info"), cancellation);
        return new CropContent(file.RelativeName, plan.InfoText.Length, null, plan.InfoText.Length) { Own = [(0, plan.InfoText)], ETag = source?.ETag };
    }

    private static async ValueTask<CropContent?> OfChunkAsync(CropPlan plan, CropFile file, NdIndex cell, CancellationToken cancellation)
    {
        var chunks = new UnshardedChunks(plan.Folder, plan.Scale, (long)plan.Info.Channels * plan.Info.DataType.Size());
        if (await chunks.FindAsync(cell, cancellation) is not { } source)
            return null;
        var reads = new List<CropRead>();
        for (var offset = 0L; offset < source.Length; offset += PieceBytes)
        {
            var length = Math.Min(PieceBytes, source.Length - offset);
            reads.Add(new CropRead(offset, length, [(offset, offset, length)]));
        }

        var suffix = source.Key[plan.Folder.Child(plan.Scale.FileName(cell)).Length..];
        return new CropContent(file.RelativeName + suffix, source.Length, source, 0) { Reads = reads, ETag = source.ETag };
    }

    private static async ValueTask<CropContent?> OfShardAsync(CropPlan plan, CropFile file, CancellationToken cancellation)
    {
        var indexes = plan.Indexes!;
        if (await indexes.FindShardAsync(file.Shard, cancellation) is not { } source)
            throw EmException.Unavailable(indexes.Locate(file.Shard), "got no file where there was one when the crop was planned. Run again.");
        var chunks = new List<(ulong Id, ChunkRange Range)>();
        foreach (var id in file.ChunkIds)
        {
            if (await indexes.FindAsync(id, cancellation) is not { } range)
                throw EmException.Unavailable(indexes.Locate(file.Shard), $"got no chunk {id} where there was one when the crop was planned. Run again.");
            chunks.Add((id, range));
        }

        chunks.Sort(static (a, b) => (a.Range.Offset, a.Id).CompareTo((b.Range.Offset, b.Id)));
        var layout = new CompactShard(plan.Scale.Sharding!, chunks.Select(chunk => (chunk.Id, chunk.Range.Length)));
        var moves = chunks.Select(chunk => (From: chunk.Range.Offset, To: layout.OffsetOf(chunk.Id), chunk.Range.Length)).ToList();
        var runs = ByteRuns.Plan(moves.Select(move => (move.From, move.Length)).ToArray());
        // The indexes were read for the plan, or just now; either way this file is what they were read for.
        return new CropContent(file.RelativeName, layout.Length, source, indexes.BytesReadOf(file.Shard))
        {
            Own = [.. layout.Indexes()],
            Reads = [.. runs.Select(run => new CropRead(run.Offset, run.Length, moves.GetRange(run.First, run.Count)))],
            ETag = source.ETag,
        };
    }
}
