using System.Buffers.Binary;
using System.Collections.Concurrent;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Formats.Precomputed;

/// <summary>A chunk's byte range in its shard file.</summary>
internal readonly record struct ChunkRange(ulong Shard, long Offset, long Length);

/// <summary>
/// The two levels of index of a sharded scale, read as they are needed and kept in bounded caches. Safe for concurrent use.
/// </summary>
/// <param name="folder">The scale's folder; its store is not owned.</param>
/// <param name="maximumChunks">Chunks in the scale: no minishard index can list more.</param>
internal sealed class ShardIndexes(VolumePath folder, ShardingSpecification sharding, long maximumChunks)
{
    // A shard index is read in pages, so that one with 2^20 entries costs no more than is used of it.
    private const int EntriesPerPage = 4096;
    private const long PageCacheBytes = 8L << 20;
    private const long MinishardCacheBytes = 32L << 20;
    private const long ObjectCacheBytes = 4L << 20;
    private const int ObjectWeight = 256;

    private readonly BoundedCache<ulong, StoredObject?> _objects = new(ObjectCacheBytes, static _ => ObjectWeight);
    private readonly BoundedCache<(ulong Shard, ulong Page), byte[]> _pages = new(PageCacheBytes, static page => page.Length);
    private readonly BoundedCache<(ulong Shard, ulong Minishard), MinishardIndex> _minishards = new(MinishardCacheBytes, static index => index.Weight);
    private readonly ConcurrentDictionary<ulong, long> _bytesRead = new();

    /// <summary>Bytes of indexes read from a shard so far.</summary>
    public long BytesReadOf(ulong shard) => _bytesRead.GetValueOrDefault(shard);

    public string Key(ulong shard) => folder.Child(sharding.FileName(shard));

    public string Locate(ulong shard) => folder.Store.Locate(Key(shard));

    /// <summary>The shard file, or null when there is none: then all its chunks are absent.</summary>
    public ValueTask<StoredObject?> FindShardAsync(ulong shard, CancellationToken cancellation) =>
        _objects.GetAsync(shard, (number, token) => folder.Store.FindAsync(Key(number), token).AsTask(), cancellation);

    /// <summary>Where a chunk is stored, or null when it is absent.</summary>
    public async ValueTask<ChunkRange?> FindAsync(ulong chunkId, CancellationToken cancellation)
    {
        var (shard, minishard) = sharding.Locate(chunkId);
        var index = await FindMinishardAsync(shard, minishard, cancellation);
        return index.TryFind(chunkId, out var offset, out var length) ? new ChunkRange(shard, offset, length) : null;
    }

    public ValueTask<MinishardIndex> FindMinishardAsync(ulong shard, ulong minishard, CancellationToken cancellation) =>
        _minishards.GetAsync((shard, minishard), (key, token) => LoadMinishardAsync(key.Shard, key.Minishard, token), cancellation);

    public bool IsCached(ulong shard, ulong minishard) => _minishards.Contains((shard, minishard));

    private async Task<MinishardIndex> LoadMinishardAsync(ulong shard, ulong minishard, CancellationToken cancellation)
    {
        if (await FindShardAsync(shard, cancellation) is not { } file)
            return MinishardIndex.Empty;
        if (file.Length < sharding.IndexBytes)
        {
            throw EmException.Corrupt(Locate(shard),
                $"got {file.Length} bytes, expected a shard index of {sharding.IndexBytes} or more. Fetch the file again.");
        }

        var page = await _pages.GetAsync((shard, minishard / EntriesPerPage), (key, token) => LoadPageAsync(key.Shard, key.Page, token), cancellation);
        var entry = page.AsMemory((int)(minishard % EntriesPerPage) * ShardingSpecification.IndexEntryBytes, ShardingSpecification.IndexEntryBytes);
        var start = BinaryPrimitives.ReadUInt64LittleEndian(entry.Span);
        var end = BinaryPrimitives.ReadUInt64LittleEndian(entry.Span[sizeof(ulong)..]);
        if (start == end)
            return MinishardIndex.Empty;
        var place = $"{Locate(shard)} at byte {(long)minishard * ShardingSpecification.IndexEntryBytes}, minishard {minishard}";
        if (end < start || end > (ulong)(file.Length - sharding.IndexBytes))
        {
            throw EmException.Corrupt(place,
                $"got a minishard index at {start}..{end}, expected a range inside the {file.Length - sharding.IndexBytes} bytes that follow the shard index. Fetch the file again.");
        }

        return await ReadMinishardAsync(shard, sharding.IndexBytes + (long)start, (long)(end - start), file.Length, cancellation);
    }

    private async Task<MinishardIndex> ReadMinishardAsync(ulong shard, long offset, long length, long fileLength, CancellationToken cancellation)
    {
        var place = $"{Locate(shard)} at byte {offset}";
        var maximum = Math.Min(maximumChunks, Array.MaxLength / 24) * 24;
        if (length > maximum + 1024)
            throw EmException.Corrupt(place, $"got a minishard index of {length} bytes, expected at most {maximum} for {maximumChunks} chunks.");
        var bytes = await ReadAsync(shard, offset, (int)length, cancellation);
        try
        {
            return MinishardIndex.Parse(sharding.GzipIndex ? GzipBytes.Decode(bytes, maximum) : bytes, sharding.IndexBytes, fileLength);
        }
        catch (InvalidDataException e)
        {
            throw EmException.Corrupt(place, $"{e.Message}. Fetch the file again.", e);
        }
    }

    private async Task<byte[]> LoadPageAsync(ulong shard, ulong page, CancellationToken cancellation)
    {
        var offset = (long)page * EntriesPerPage * ShardingSpecification.IndexEntryBytes;
        return await ReadAsync(shard, offset, (int)Math.Min(EntriesPerPage * ShardingSpecification.IndexEntryBytes, sharding.IndexBytes - offset), cancellation);
    }

    private async Task<byte[]> ReadAsync(ulong shard, long offset, int length, CancellationToken cancellation)
    {
        var bytes = new byte[length];
        try
        {
            if (!await folder.Store.ReadAsync(Key(shard), offset, bytes, cancellation))
                throw EmException.Unavailable(Locate(shard), "got no file where there was one a moment ago. Run again.");
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt($"{Locate(shard)} at byte {offset}", $"got the end of the file, expected {length} bytes of index. Fetch the file again.", e);
        }

        _bytesRead.AddOrUpdate(shard, length, (_, before) => before + length);
        return bytes;
    }
}
