using System.Collections.Concurrent;

namespace EmPipeline.Zarr.Chunks;

/// <summary>
/// The last decoded pieces (slices, strips, tiles) of one reader, so that several boxes in one piece decode it once. Bounded in bytes,
/// the least recently used piece goes first; a piece asked for by several callers at a time is decoded by one. Safe for concurrent use.
/// </summary>
internal sealed class DecodedCache<TKey>(long capacity = 128L << 20)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();
    private readonly Lock _evicting = new();
    private long _bytes;
    private long _clock;

    /// <summary>The piece's bytes, decoded now or before. Shared: not to be written to.</summary>
    /// <param name="decode">Not cancelled by one caller's token, since others may wait for it.</param>
    public async ValueTask<byte[]> GetAsync(TKey key, Func<Task<byte[]>> decode, CancellationToken cancellation)
    {
        var mine = new Entry(new Lazy<Task<byte[]>>(decode));
        var entry = _entries.GetOrAdd(key, mine);
        entry.LastUse = Interlocked.Increment(ref _clock);
        try
        {
            var bytes = await entry.Bytes.Value.WaitAsync(cancellation);
            if (ReferenceEquals(entry, mine))
                Keep(bytes.Length);
            return bytes;
        }
        catch (Exception) when (entry.Bytes.Value.IsFaulted)
        {
            // A failure is not kept: the next caller tries again.
            _entries.TryRemove(KeyValuePair.Create(key, entry));
            throw;
        }
    }

    private void Keep(long added)
    {
        lock (_evicting)
        {
            _bytes += added;
            while (_bytes > capacity)
            {
                var oldest = _entries.Where(pair => pair.Value.Bytes.Value.IsCompletedSuccessfully).MinBy(pair => pair.Value.LastUse);
                if (oldest.Value is null || !_entries.TryRemove(oldest))
                    return;
                _bytes -= oldest.Value.Bytes.Value.Result.Length;
            }
        }
    }

    private sealed class Entry(Lazy<Task<byte[]>> bytes)
    {
        public Lazy<Task<byte[]>> Bytes { get; } = bytes;

        public long LastUse { get; set; }
    }
}
