using System.Collections.Concurrent;

namespace EmPipeline.Storage;

/// <summary>
/// How many transfers one server is asked for at a time, by all of this process: one more each time that all have come through, half as many when
/// it says that it is too much (429, 503), and none while it asks to wait (Retry-After). Safe for concurrent use.
/// </summary>
internal sealed class HostLoad(TimeProvider time)
{
    private const int First = 16, Most = 64;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly ConcurrentDictionary<(string Host, TimeProvider Time), HostLoad> All = new();
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly long _start = time.GetTimestamp();
    private int _running;
    private int _finished;
    private TimeSpan _eased = TimeSpan.MinValue;
    private TimeSpan _pausedUntil;
    private bool _isTimed;

    /// <summary>Transfers that may be under way now.</summary>
    public int Limit { get; private set; } = First;

    /// <param name="host">Name and port.</param>
    public static HostLoad For(string host, RetryOptions retry) => All.GetOrAdd((host, retry.Time), static key => new HostLoad(key.Time));

    /// <summary>Waits for a place, which is held until <see cref="Leave"/>.</summary>
    public Task EnterAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_running < Limit && !IsPaused)
            {
                _running++;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            Admit();
            return WaitAsync(turn, cancellation);
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _running--;
            if (++_finished >= Limit)
                (Limit, _finished) = (Math.Min(Most, Limit + 1), 0);
            Admit();
        }
    }

    /// <summary>The server has said that it is asked too much.</summary>
    /// <param name="retryAfter">How long it asks to wait, where it does.</param>
    public void Ease(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(_start);
            // Answers to what was asked before are one word, not many.
            if (now - Settling >= _eased)
                (Limit, _finished, _eased) = (Math.Max(1, Limit / 2), 0, now);
            if (retryAfter is { } wait && now + wait > _pausedUntil)
                _pausedUntil = now + wait;
            Admit();
        }
    }

    private bool IsPaused => time.GetElapsedTime(_start) < _pausedUntil;

    // The clock is read once: a pause that ended between two looks would leave whoever waits without a timer. Whoever cancels has taken itself out: its
    // turn goes to the next.
    private void Admit()
    {
        var pause = _pausedUntil - time.GetElapsedTime(_start);
        if (pause <= TimeSpan.Zero)
        {
            while (_running < Limit && _waiting.TryDequeue(out var turn))
                _running += turn.TrySetResult() ? 1 : 0;
        }
        else if (!_isTimed && _waiting.Count > 0)
        {
            _isTimed = true;
            _ = AdmitAfterAsync(pause);
        }
    }

    private async Task AdmitAfterAsync(TimeSpan pause)
    {
        // A timer knows whole milliseconds only.
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Floor(pause.TotalMilliseconds) + 1), time);
        lock (_lock)
        {
            _isTimed = false;
            Admit();
        }
    }

    private static async Task WaitAsync(TaskCompletionSource turn, CancellationToken cancellation)
    {
        await using var _ = cancellation.UnsafeRegister(static (turn, token) => ((TaskCompletionSource)turn!).TrySetCanceled(token), turn);
        await turn.Task;
    }
}
