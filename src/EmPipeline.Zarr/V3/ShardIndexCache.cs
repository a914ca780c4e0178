using System.Buffers;
using System.Collections.Concurrent;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.V3;

/// <summary>A shard as far as its index says.</summary>
/// <param name="Index">Offset and length of each inner chunk in turn; null when there is no such shard.</param>
internal sealed record Shard(string Key, ulong[]? Index);

/// <summary>The indexes of the shards last read, checked; bounded, the oldest go first. Safe for concurrent use.</summary>
internal sealed class ShardIndexCache(ArrayMetadata metadata, ShardLayout layout, VolumePath folder)
{
    private const int MaxBytes = 64 << 20;
    private readonly ConcurrentDictionary<long, Shard> _shards = new();
    private readonly ConcurrentQueue<long> _order = new();
    private readonly int _maxCount = Math.Max(16, MaxBytes / (layout.IndexLength + 128));
    private readonly NdIndex _grid = NdIndex.CeilingDivide(metadata.Shape, metadata.Chunk);

    /// <summary>The shard at a grid position, from the cache or from its file.</summary>
    /// <exception cref="EmException">The index is damaged.</exception>
    public ValueTask<Shard> GetAsync(NdIndex position, CancellationToken cancellation)
    {
        var number = 0L;
        for (var axis = 0; axis < position.Rank; axis++)
            number = (number * _grid[axis]) + position[axis];
        return _shards.TryGetValue(number, out var shard) ? ValueTask.FromResult(shard) : LoadAsync(number, position, cancellation);
    }

    private async ValueTask<Shard> LoadAsync(long number, NdIndex position, CancellationToken cancellation)
    {
        var path = folder.Below(metadata.Keys.Of(position));
        var shard = new Shard(path.Key, await path.Store.FindAsync(path.Key, cancellation) is { } found ? await ReadAsync(path, found.Length, cancellation) : null);
        if (_shards.TryAdd(number, shard))
            _order.Enqueue(number);
        while (_shards.Count > _maxCount && _order.TryDequeue(out var oldest))
            _shards.TryRemove(oldest, out _);
        return shard;
    }

    private async ValueTask<ulong[]?> ReadAsync(VolumePath path, long shardLength, CancellationToken cancellation)
    {
        if (shardLength < layout.IndexLength)
        {
            throw EmException.Corrupt(
                path.ToString(), $"shard index: got a file of {shardLength} bytes, expected at least {layout.IndexLength}. Fetch or make it again.");
        }

        var offset = layout.IndexOffset(shardLength);
        var rented = ArrayPool<byte>.Shared.Rent(layout.IndexLength);
        try
        {
            if (!await path.Store.ReadAsync(path.Key, offset, rented.AsMemory(0, layout.IndexLength), cancellation))
                return null;
            return layout.ParseIndex(rented.AsSpan(0, layout.IndexLength), shardLength);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw EmException.Corrupt(path.ToString(), $"shard index at byte {offset}: {e.Message} Fetch or make it again.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
