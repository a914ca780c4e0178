using System.Collections.Concurrent;

namespace EmPipeline.Zarr.Chunks;

/// <summary>
/// Values that are loaded once and kept until a limit of memory; of those that were not used again the oldest goes first. Callers that ask
/// for the same key at the same time share one load; a load that fails or is cancelled is not kept. Values are shared: not to be written to.
/// A value that is there is had without waiting and without garbage. Values that can be disposed are, when they go; who still uses one must
/// be able to tell. Safe for concurrent use.
/// </summary>
/// <param name="limit">The sum of weights kept.</param>
/// <param name="weigh">The bytes of a value, about.</param>
internal sealed class BoundedCache<TKey, TValue>(long limit, Func<TValue, long> weigh) : IDisposable
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();
    private readonly ConcurrentQueue<(TKey Key, Entry Entry, long Weight)> _order = new();
    private long _weight;

    public bool Contains(TKey key) => _entries.ContainsKey(key);

    /// <param name="load">Called with the token of the first caller; when that one gives up, another caller loads again.</param>
    public ValueTask<TValue> GetAsync(TKey key, Func<TKey, CancellationToken, Task<TValue>> load, CancellationToken cancellation)
    {
        if (!_entries.TryGetValue(key, out var entry) || !entry.IsLoaded)
            return LoadAsync(key, load, cancellation);
        entry.Used = true;
        return new(entry.Value.Result);
    }

    /// <summary>Lets all values go.</summary>
    public void Dispose()
    {
        while (_order.TryDequeue(out var kept))
        {
            Drop(kept.Key, kept.Entry);
            Interlocked.Add(ref _weight, -kept.Weight);
        }
    }

    private async ValueTask<TValue> LoadAsync(TKey key, Func<TKey, CancellationToken, Task<TValue>> load, CancellationToken cancellation)
    {
        while (true)
        {
            var mine = new Entry(() => load(key, cancellation));
            var entry = _entries.GetOrAdd(key, mine);
            try
            {
                var value = await entry.Value.WaitAsync(cancellation);
                if (ReferenceEquals(entry, mine))
                    Keep(key, mine, weigh(value));
                else
                    entry.Used = true;
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

    private void Keep(TKey key, Entry entry, long weight)
    {
        _order.Enqueue((key, entry, weight));
        var total = Interlocked.Add(ref _weight, weight);
        while (total > limit && _order.TryDequeue(out var oldest))
        {
            // What was used since it came is given another round.
            if (oldest.Entry.Used)
            {
                oldest.Entry.Used = false;
                _order.Enqueue(oldest);
                continue;
            }

            Drop(oldest.Key, oldest.Entry);
            total = Interlocked.Add(ref _weight, -oldest.Weight);
        }
    }

    private void Drop(TKey key, Entry entry)
    {
        _entries.TryRemove(new(key, entry));
        (entry.Value.Result as IDisposable)?.Dispose();
    }

    private sealed class Entry(Func<Task<TValue>> load)
    {
        private readonly Lazy<Task<TValue>> _value = new(load);

        public volatile bool Used;

        public Task<TValue> Value => _value.Value;

        public bool IsLoaded => _value.IsValueCreated && _value.Value.IsCompletedSuccessfully;
    }
}
