using System.Buffers;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Chunks in shard files. The chunks of one call are sorted by place and neighbours are read together; the next read is under way while
/// the chunks of the last are decoded.
/// </summary>
internal sealed class ShardedChunks(VolumePath folder, PrecomputedScale scale, ShardingSpecification sharding) : IChunkSource
{
    private const int IndexReadsAtOnce = 8;

    private readonly NdIndex _grid = scale.Grid;

    public ShardIndexes Indexes { get; } = new(folder, sharding, scale.Grid.Volume);

    public async ValueTask ReadAsync(
        IReadOnlyList<NdIndex> cells, Action<EncodedChunk> take, Action<NdIndex> absent, CancellationToken cancellation)
    {
        var located = await LocateAsync(cells, absent, cancellation);
        var reads = PlanReads(located);
        var next = reads.Count > 0 ? ReadAsync(reads[0], cancellation) : null;
        for (var i = 0; next is not null; i++)
        {
            var (read, bytes) = (reads[i], await next);
            next = i + 1 < reads.Count ? ReadAsync(reads[i + 1], cancellation) : null;
            try
            {
                for (var member = read.Run.First; member < read.Run.First + read.Run.Count; member++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var (cell, range) = located[read.Base + member];
                    var stored = bytes.AsMemory((int)(range.Offset - read.Run.Offset), (int)range.Length);
                    take(new EncodedChunk(cell, Unwrap(stored, range), Indexes.Key(range.Shard), range.Offset));
                }
            }
            catch when (next is not null)
            {
                // What is read ahead is let finish, so that nothing runs on after this call has ended.
                await Task.WhenAny(next);
                throw;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    private async ValueTask<List<(NdIndex Cell, ChunkRange Range)>> LocateAsync(
        IReadOnlyList<NdIndex> cells, Action<NdIndex> absent, CancellationToken cancellation)
    {
        var ids = cells.Select(cell => CompressedMorton.Encode(cell, _grid)).ToArray();
        var missing = ids.Select(sharding.Locate).Distinct().Where(place => !Indexes.IsCached(place.Shard, place.Minishard)).ToList();
        if (missing.Count > 1)
        {
            await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = IndexReadsAtOnce, CancellationToken = cancellation },
                async (place, token) => await Indexes.FindMinishardAsync(place.Shard, place.Minishard, token));
        }

        var located = new List<(NdIndex, ChunkRange)>(cells.Count);
        for (var i = 0; i < ids.Length; i++)
        {
            if (await Indexes.FindAsync(ids[i], cancellation) is { } range)
                located.Add((cells[i], range));
            else
                absent(cells[i]);
        }

        located.Sort(static (a, b) => (a.Item2.Shard, a.Item2.Offset).CompareTo((b.Item2.Shard, b.Item2.Offset)));
        return located;
    }

    private static List<ShardRead> PlanReads(List<(NdIndex Cell, ChunkRange Range)> located)
    {
        var reads = new List<ShardRead>();
        for (int first = 0, end; first < located.Count; first = end)
        {
            var shard = located[first].Range.Shard;
            end = first;
            while (end < located.Count && located[end].Range.Shard == shard)
                end++;
            var ranges = located.GetRange(first, end - first).Select(item => (item.Range.Offset, item.Range.Length)).ToArray();
            var from = first;
            reads.AddRange(ByteRuns.Plan(ranges).Select(run => new ShardRead(shard, from, run)));
        }

        return reads;
    }

    private async Task<byte[]> ReadAsync(ShardRead read, CancellationToken cancellation)
    {
        var place = Indexes.Locate(read.Shard);
        if (read.Run.Length > Array.MaxLength)
            throw EmException.Corrupt($"{place} at byte {read.Run.Offset}", $"got a chunk of {read.Run.Length} bytes, expected at most {Array.MaxLength}.");
        var bytes = ArrayPool<byte>.Shared.Rent((int)read.Run.Length);
        try
        {
            if (!await folder.Store.ReadAsync(Indexes.Key(read.Shard), read.Run.Offset, bytes.AsMemory(0, (int)read.Run.Length), cancellation))
                throw EmException.Unavailable(place, "got no file where there was one a moment ago. Run again.");
            return bytes;
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt($"{place} at byte {read.Run.Offset}", $"got the end of the file, expected {read.Run.Length} bytes. Fetch the file again.", e);
        }
    }

    private ReadOnlyMemory<byte> Unwrap(ReadOnlyMemory<byte> stored, ChunkRange range)
    {
        if (!sharding.GzipData)
            return stored;
        try
        {
            return GzipBytes.Decode(stored.Span, PrecomputedInfo.MaximumChunkBytes * 2);
        }
        catch (InvalidDataException e)
        {
            throw EmException.Corrupt($"{Indexes.Locate(range.Shard)} at byte {range.Offset}", $"{e.Message}. Fetch the file again.", e);
        }
    }

    /// <param name="Base">Where the shard's chunks begin in the list that the run's members count from.</param>
    private readonly record struct ShardRead(ulong Shard, int Base, ByteRun Run);
}
