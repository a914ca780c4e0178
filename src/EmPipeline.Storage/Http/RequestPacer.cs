using System.Collections.Concurrent;

namespace EmPipeline.Storage;

/// <summary>Spaces requests to one host evenly.</summary>
internal sealed class RequestPacer(double perSecond, TimeProvider time)
{
    private static readonly ConcurrentDictionary<(string Host, double PerSecond, TimeProvider Time), RequestPacer> All = new();
    private readonly Lock _lock = new();
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / perSecond);
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next;

    /// <summary>The pacer that every store of this host and rate shares; null where there is no limit.</summary>
    public static RequestPacer? For(Uri root, HttpStoreOptions options) =>
        options.MaxRequestsPerSecond is not { } rate ? null
        : rate > 0 ? All.GetOrAdd((root.Authority, rate, options.Retry.Time), static key => new RequestPacer(key.PerSecond, key.Time))
        : throw new ArgumentOutOfRangeException(nameof(options), rate, "MaxRequestsPerSecond: expected more than 0, or null for no limit.");

    /// <summary>Waits for this request's turn.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetElapsedTime(_start);
            wait = _next - now;
            _next = (wait > TimeSpan.Zero ? _next : now) + _interval;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellation) : Task.CompletedTask;
    }
}
