using EmPipeline.Zarr.Chunks;

namespace EmPipeline.Zarr.Tests.Chunks;

public sealed class BoundedCacheTests
{
    [Fact]
    public async Task Callers_at_the_same_time_share_one_load()
    {
        var (cache, loads, gate) = (new BoundedCache<int, string>(100, _ => 1), 0, new TaskCompletionSource());
        var calls = Enumerable.Range(0, 20).Select(_ => cache.GetAsync(7, Load, CancellationToken.None).AsTask()).ToArray();
        gate.SetResult();
        (await Task.WhenAll(calls)).Should().OnlyContain(value => value == "7");
        loads.Should().Be(1);

        async Task<string> Load(int key, CancellationToken token)
        {
            Interlocked.Increment(ref loads);
            await gate.Task;
            return key.ToString();
        }
    }

    [Fact]
    public async Task What_exceeds_the_limit_goes_oldest_first()
    {
        var cache = new BoundedCache<int, int>(limit: 30, _ => 10);
        for (var key = 0; key < 5; key++)
            await cache.GetAsync(key, (k, _) => Task.FromResult(k), CancellationToken.None);
        Enumerable.Range(0, 5).Where(cache.Contains).Should().Equal(2, 3, 4);
    }

    [Fact]
    public async Task What_was_used_again_stays_longer()
    {
        var cache = new BoundedCache<int, int>(limit: 30, _ => 10);
        for (var key = 0; key < 5; key++)
        {
            await cache.GetAsync(key, (k, _) => Task.FromResult(k), CancellationToken.None);
            await cache.GetAsync(0, (k, _) => Task.FromResult(k), CancellationToken.None);
        }

        Enumerable.Range(0, 5).Where(cache.Contains).Should().Equal(0, 3, 4);
    }

    [Fact]
    public async Task A_value_that_is_there_is_had_at_once_and_without_garbage()
    {
        var cache = new BoundedCache<int, string>(limit: 30, _ => 10);
        Func<int, CancellationToken, Task<string>> load = async (_, _) =>
        {
            await Task.Yield();
            return "value";
        };
        await cache.GetAsync(1, load, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isThere = true;
        for (var i = 0; i < 1000; i++)
            isThere &= cache.GetAsync(1, load, CancellationToken.None).IsCompletedSuccessfully;
        (isThere, GC.GetAllocatedBytesForCurrentThread() - before).Should().Be((true, 0L));
    }

    [Fact]
    public async Task A_load_that_fails_is_tried_again_by_the_next_caller()
    {
        var cache = new BoundedCache<int, int>(100, _ => 1);
        var act = async () => await cache.GetAsync(1, (_, _) => Task.FromException<int>(new IOException("no")), CancellationToken.None);
        await act.Should().ThrowAsync<IOException>();
        (await cache.GetAsync(1, (_, _) => Task.FromResult(5), CancellationToken.None)).Should().Be(5);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_take_the_others_with_it()
    {
        var cache = new BoundedCache<int, int>(100, _ => 1);
        using var giveUp = new CancellationTokenSource();
        var started = 0;
        var first = cache.GetAsync(1, Load, giveUp.Token).AsTask();
        var second = cache.GetAsync(1, Load, CancellationToken.None).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        (await second).Should().Be(2);

        async Task<int> Load(int key, CancellationToken token)
        {
            var number = Interlocked.Increment(ref started);
            if (number == 1)
                await Task.Delay(Timeout.Infinite, token);
            return number;
        }
    }
}
