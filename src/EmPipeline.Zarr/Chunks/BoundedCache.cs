using System.Collections.Concurrent;

namespace EmPipeline.Zarr.Chunks;

/// <summary>
/// Values that are loaded once and kept until a limit of memory, the oldest first to go. Callers that ask for the same key at the same
/// time share one load; a load that fails or is cancelled is not kept. Safe for concurrent use.
/// </summary>
/// <param name="limit">The sum of weights kept.</param>
/// <param name="weigh">The bytes of a value, about.</param>
internal sealed class BoundedCache<TKey, TValue>(long limit, Func<TValue, long> weigh)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TValue>>> _entries = new();
    private readonly ConcurrentQueue<(TKey Key, long Weight)> _order = new();
    private long _weight;

    public bool Contains(TKey key) => _entries.ContainsKey(key);

    public async ValueTask<TValue> GetAsync(TKey key, Func<TKey, CancellationToken, Task<TValue>> load, CancellationToken cancellation)
    {
        while (true)
        {
            var mine = new Lazy<Task<TValue>>(() => load(key, cancellation));
            var entry = _entries.GetOrAdd(key, mine);
            try
            {
                var value = await entry.Value.WaitAsync(cancellation);
                if (ReferenceEquals(entry, mine))
                    Keep(key, weigh(value));
                return value;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Whoever started the load gave up; this caller did not.
                _entries.TryRemove(new(key, entry));
            }
            catch
            {
                _entries.TryRemove(new(key, entry));
                throw;
            }
        }
    }

    private void Keep(TKey key, long weight)
    {
        _order.Enqueue((key, weight));
        var total = Interlocked.Add(ref _weight, weight);
        while (total > limit && _order.TryDequeue(out var oldest))
        {
            _entries.TryRemove(oldest.Key, out _);
            total = Interlocked.Add(ref _weight, -oldest.Weight);
        }
    }
}
