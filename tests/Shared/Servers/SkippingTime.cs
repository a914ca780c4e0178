namespace EmPipeline.Tests.Servers;

/// <summary>
/// Time that passes as soon as somebody waits for it: a timer of up to a minute fires at once and moves the clock on by its due time.
/// Longer ones (the stall timeout of the tests is an hour) wait until the test fires those that are <see cref="Held"/>.
/// </summary>
internal sealed class SkippingTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<Timer> _held = [];
    private TimeSpan _now;

    public static readonly TimeSpan Stall = TimeSpan.FromHours(1);

    /// <summary>The waits that were skipped, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return _now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + new TimeSpan(GetTimestamp());

    /// <summary>The timers that are being held now, to be fired later: by then their owners may have stopped or restarted them.</summary>
    public Action Held()
    {
        lock (_lock)
        {
            Timer[] held = [.. _held];
            return () => Array.ForEach(held, timer => timer.Fire());
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(SkippingTime time, TimerCallback callback, object? state) : ITimer
    {
        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._held.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                if (dueTime > TimeSpan.FromMinutes(1))
                {
                    time._held.Add(this);
                    return true;
                }

                time._now += dueTime;
                time.Waits.Add(dueTime);
            }

            // Never inside CreateTimer: the creator has not stored the timer yet.
            ThreadPool.QueueUserWorkItem(static timer => timer.Fire(), this, preferLocal: false);
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._held.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
