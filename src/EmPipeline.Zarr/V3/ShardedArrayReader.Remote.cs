using System.Buffers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// Reading over a network: all shards that a box touches at the same time, of each one range where that is not much longer than what is needed of it.
/// A shard is held to the version that its index was read from.
/// </summary>
internal sealed partial class ShardedArrayReader
{
    /// <summary>What a request costs, in bytes: at some 20 ms and 200 MB/s, with others under way. Bridges the planes and rows of a shard of 128³ bytes.</summary>
    private const int MaxRemoteGap = 512 << 10;

    private async Task ReadRemoteAsync(IVersionedStore remote, Box box, Memory<byte> buffer, CancellationToken cancellation)
    {
        // What still runs when one fails would write to a buffer that is not ours any more: the others are told to stop, and waited for.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var shards = box.CellsTouched(metadata.Chunk).Select(position => GuardedAsync(position)).ToList();
        await Task.WhenAll(shards);

        async Task GuardedAsync(NdIndex position)
        {
            try
            {
                await ReadRemoteShardAsync(remote, position, box, buffer, stop.Token);
            }
            catch (Exception) when (!stop.IsCancellationRequested)
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }

    private async Task ReadRemoteShardAsync(IVersionedStore remote, NdIndex position, Box box, Memory<byte> buffer, CancellationToken cancellation)
    {
        var shard = await _shards.GetAsync(position, cancellation);
        var shardBox = new Box(position * metadata.Chunk, metadata.Chunk);
        if (shard.Index is not { } index)
        {
            ChunkFill.Fill(metadata.Fill.Span, shardBox, buffer.Span, box, _inner.ElementSize);
            return;
        }

        var touched = new List<Touched>();
        Collect(index, shardBox, box, buffer.Span, touched);
        var version = new StoredObject(shard.Key, shard.Length, shard.ETag);
        var runs = new List<Task>();
        for (var (from, to) = (0, 0); from < touched.Count; from = to)
        {
            var end = GrowRun(touched, from, MaxRemoteGap, int.MaxValue, out to);
            runs.Add(ReadRemoteRunAsync(remote, version, touched[from..to], end, shardBox.Origin, box, buffer, cancellation));
        }

        await Task.WhenAll(runs);
    }

    private async Task ReadRemoteRunAsync(
        IVersionedStore remote, StoredObject version, List<Touched> run, long end, NdIndex shardOrigin, Box box, Memory<byte> buffer, CancellationToken cancellation)
    {
        var start = run[0].Offset;
        if (end - start > int.MaxValue)
            throw EmException.Corrupt(remote.Locate(version.Key), $"inner chunk at byte {start}: got {end - start} bytes, expected less than 2 GiB.");
        var length = (int)(end - start);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await remote.ReadAsync(version, start, rented.AsMemory(0, length), cancellation);
            foreach (var chunk in run)
                Place(rented.AsSpan((int)(chunk.Offset - start), (int)chunk.Length), false, version.Key, chunk, shardOrigin, box, buffer.Span);
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt(remote.Locate(version.Key), $"{e.Message} Fetch or make it again.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
