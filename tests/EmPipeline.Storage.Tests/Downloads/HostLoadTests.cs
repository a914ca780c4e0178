namespace EmPipeline.Storage.Tests;

public sealed class HostLoadTests
{
    private readonly SkippingTime _time = new();

    [Fact]
    public async Task One_more_each_time_that_all_have_come_through_and_half_when_it_is_too_much()
    {
        var load = new HostLoad(_time);
        var first = load.Limit;
        await RunAsync(load, first);
        load.Limit.Should().Be(first + 1);
        load.Ease(null);
        load.Ease(null);
        load.Limit.Should().Be((first + 1) / 2, "what was asked before is answered at once");
        await RunAsync(load, 100_000);
        load.Limit.Should().Be(64, "as many connections as there are for a host");
    }

    [Fact]
    public async Task Who_finds_no_place_waits_for_one_and_who_gives_up_leaves_its_turn_to_the_next()
    {
        var load = new HostLoad(_time);
        await EnterAsync(load, load.Limit);
        using var stop = new CancellationTokenSource();
        var (gone, waiting) = (load.EnterAsync(stop.Token), load.EnterAsync(default));
        await stop.CancelAsync();
        await ((Func<Task>)(() => gone)).Should().ThrowAsync<OperationCanceledException>();
        waiting.IsCompleted.Should().BeFalse();
        load.Leave();
        await waiting;
    }

    [Fact]
    public async Task Nobody_asks_while_the_server_asks_to_wait()
    {
        var load = new HostLoad(_time);
        await EnterAsync(load, 1);
        // Longer than the clock of the tests skips by itself.
        load.Ease(TimeSpan.FromMinutes(2));
        var waiting = load.EnterAsync(default);
        load.Leave();
        waiting.IsCompleted.Should().BeFalse();
        await Task.Delay(TimeSpan.FromMinutes(1), _time);
        await Task.Delay(TimeSpan.FromMinutes(1), _time);
        _time.Held()();
        await waiting;
    }

    [Fact]
    public async Task A_pause_that_ends_while_somebody_looks_at_the_clock_leaves_nobody_waiting()
    {
        for (var ticks = 1; ticks <= 20; ticks++)
        {
            var load = new HostLoad(new TickingTime(_time));
            load.Ease(TimeSpan.FromTicks(ticks));
            // Bounded for a test that fails.
            await load.EnterAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
            load.Leave();
        }
    }

    [Fact]
    public async Task It_never_asks_for_less_than_one()
    {
        var load = new HostLoad(_time);
        for (var i = 0; i < 20; i++)
        {
            load.Ease(null);
            await Task.Delay(TimeSpan.FromSeconds(2), _time);
        }

        load.Limit.Should().Be(1);
        await RunAsync(load, 1);
    }

    private static async Task EnterAsync(HostLoad load, int count)
    {
        for (var i = 0; i < count; i++)
            await load.EnterAsync(default);
    }

    private static async Task RunAsync(HostLoad load, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await load.EnterAsync(default);
            load.Leave();
        }
    }

    /// <summary>A clock that goes on whenever it is looked at.</summary>
    private sealed class TickingTime(SkippingTime time) : TimeProvider
    {
        private long _looks;

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp() + Interlocked.Increment(ref _looks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
