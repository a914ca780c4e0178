using EmPipeline.Storage;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// The mappings of the shards last read, bounded. A mapping has its price, the kernel's work page by page, and pays only where the same
/// voxels are read again and again: so a shard has to be read some times over first. Safe for concurrent use.
/// </summary>
internal sealed class MappedShards : IDisposable
{
    // Of shards of 2 MiB: 8,000. The system's own limit on mappings is commonly 65,530 a process.
    private const long MaxBytes = 64 << 20;
    private const int TimesOver = 2;
    private readonly BoundedCache<string, MappedShard> _shards = new(MaxBytes, static shard => shard.Weight);
    private readonly Func<string, CancellationToken, Task<MappedShard>> _map;
    private readonly int _chunks;

    public MappedShards(LocalStore store, int chunks) => (_chunks, _map) = (chunks, (key, _) => Task.FromResult(new MappedShard(store.Map(key), chunks)));

    /// <summary>
    /// The mapping of a shard of which so many chunks are to be read; null where it was not read much yet, or is of another length than when
    /// its index was read.
    /// </summary>
    public async ValueTask<MappedShard?> GetAsync(Shard shard, int chunks, CancellationToken cancellation)
    {
        if (shard.ChunksRead < TimesOver * (long)_chunks)
        {
            // Two threads may lose a count to each other.
            shard.ChunksRead += chunks;
            return null;
        }

        var mapped = await _shards.GetAsync(shard.Key, _map, cancellation);
        return mapped.File?.Length == shard.Length ? mapped : null;
    }

    public void Dispose() => _shards.Dispose();
}
