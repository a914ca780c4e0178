using System.Buffers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Zarr.V3;

/// <summary>A shard as far as its index says.</summary>
/// <param name="Index">Offset and length of each inner chunk in turn; null when there is no such shard.</param>
/// <param name="Length">Of its file, in bytes.</param>
/// <param name="ETag">Its version, where the store tells one.</param>
internal sealed record Shard(string Key, ulong[]? Index, long Length, string? ETag = null)
{
    /// <summary>How often one of its inner chunks was read, about.</summary>
    public long ChunksRead { get; set; }
}

/// <summary>The indexes of the shards last read, checked; bounded. Safe for concurrent use.</summary>
internal sealed class ShardIndexCache
{
    // What an index takes besides its numbers.
    private const int EntryBytes = 128;
    private const int MaxBytes = 64 << 20;
    private readonly ArrayMetadata _metadata;
    private readonly ShardLayout _layout;
    private readonly VolumePath _folder;
    private readonly Func<NdIndex, bool>? _expected;
    private readonly NdIndex _grid;
    private readonly BoundedCache<long, Shard> _shards;
    private readonly Func<long, CancellationToken, Task<Shard>> _load;

    /// <param name="expected">As for <see cref="ZarrVolumes.OpenAsync(VolumePath, Func{NdIndex, bool}, CancellationToken)"/>.</param>
    public ShardIndexCache(ArrayMetadata metadata, ShardLayout layout, VolumePath folder, Func<NdIndex, bool>? expected)
    {
        (_metadata, _layout, _folder, _expected) = (metadata, layout, folder, expected);
        _grid = NdIndex.CeilingDivide(metadata.Shape, metadata.Chunk);
        // At least sixteen, whatever their length.
        _shards = new(Math.Max(MaxBytes, 16L * (layout.IndexLength + EntryBytes)), shard => EntryBytes + ((shard.Index?.Length ?? 0) * sizeof(ulong)));
        _load = LoadAsync;
    }

    /// <summary>The shard at a grid position, from the cache or from its file.</summary>
    /// <exception cref="EmException">The index is damaged, or the shard is not there and should be.</exception>
    public ValueTask<Shard> GetAsync(NdIndex position, CancellationToken cancellation)
    {
        var number = 0L;
        for (var axis = 0; axis < position.Rank; axis++)
            number = (number * _grid[axis]) + position[axis];
        return _shards.GetAsync(number, _load, cancellation);
    }

    private async Task<Shard> LoadAsync(long number, CancellationToken cancellation)
    {
        var position = _grid;
        for (var axis = _grid.Rank - 1; axis >= 0; axis--)
            (number, position[axis]) = Math.DivRem(number, _grid[axis]);
        var path = _folder.Below(_metadata.Keys.Of(position));
        if (await path.Store.FindAsync(path.Key, cancellation) is { } found && await ReadAsync(path, found, cancellation) is { } index)
            return new Shard(path.Key, index, found.Length, found.ETag);

        // What is not there holds fill values, unless it should be there, or all of it is gone. Rechunk reads back from arrays that have no metadata yet.
        if ((_expected is not null || path.Store is IVersionedStore) && await path.Store.FindAsync(_folder.Child(ZarrHierarchy.MetadataName), cancellation) is null)
            throw EmException.Unavailable(_folder.ToString(), $"got no {ZarrHierarchy.MetadataName} any more, expected the array that was opened. Check that it is still there, or served.");
        AbsentShard.Check(path, position, _expected);
        return new Shard(path.Key, null, 0);
    }

    private async ValueTask<ulong[]?> ReadAsync(VolumePath path, StoredObject found, CancellationToken cancellation)
    {
        var shardLength = found.Length;
        if (shardLength < _layout.IndexLength)
        {
            throw EmException.Corrupt(
                path.ToString(), $"shard index: got a file of {shardLength} bytes, expected at least {_layout.IndexLength}. Fetch or make it again.");
        }

        var offset = _layout.IndexOffset(shardLength);
        var rented = ArrayPool<byte>.Shared.Rent(_layout.IndexLength);
        try
        {
            if (path.Store is IVersionedStore versions)
                await versions.ReadAsync(found, offset, rented.AsMemory(0, _layout.IndexLength), cancellation);
            else if (!await path.Store.ReadAsync(path.Key, offset, rented.AsMemory(0, _layout.IndexLength), cancellation))
                return null;
            return _layout.ParseIndex(rented.AsSpan(0, _layout.IndexLength), shardLength);
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
