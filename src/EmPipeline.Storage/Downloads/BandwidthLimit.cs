using System.Collections.Concurrent;

namespace EmPipeline.Storage;

/// <summary>Bytes a second that may come, over all who hold the same limit. What has come is paid for by waiting before more is taken. Safe for concurrent use.</summary>
public sealed class BandwidthLimit
{
    private static readonly ConcurrentDictionary<(double Rate, TimeProvider Time), BandwidthLimit> All = new();
    private readonly Lock _lock = new();
    private readonly double _rate;
    private readonly TimeProvider _time;
    private readonly long _start;
    private TimeSpan _next;

    private BandwidthLimit(double rate, TimeProvider time) => (_rate, _time, _start) = (rate, time, time.GetTimestamp());

    /// <summary>The limit that all of this process share who name the same rate.</summary>
    /// <param name="bytesPerSecond">More than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static BandwidthLimit For(double bytesPerSecond, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerSecond);
        return All.GetOrAdd((bytesPerSecond, time ?? TimeProvider.System), static key => new BandwidthLimit(key.Rate, key.Time));
    }

    /// <summary>Waits until <paramref name="bytes"/>, which are here, have had their time.</summary>
    public Task WaitAsync(long bytes, CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = _time.GetElapsedTime(_start);
            // Time in which nothing came is nobody's to make up for.
            _next = (_next > now ? _next : now) + TimeSpan.FromSeconds(bytes / _rate);
            wait = _next - now;
        }

        // A timer knows whole milliseconds only; what is shorter is paid with the next bytes.
        return wait.TotalMilliseconds >= 1 ? Task.Delay(wait, _time, cancellation) : Task.CompletedTask;
    }
}
