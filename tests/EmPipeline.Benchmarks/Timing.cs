using System.Diagnostics;

namespace EmPipeline.Benchmarks;

/// <summary>Times things that are to be compared in turn, so that whatever else the machine does meets all of them alike.</summary>
internal static class Timing
{
    // Until the compiler has made its last version of every hot method.
    private const int WarmUp = 4;

    /// <summary>The times of each, after some rounds that are not counted.</summary>
    /// <param name="prepare">Called before every run, not timed.</param>
    public static async Task<Times> RunAsync(int rounds, Action prepare, params Func<Task>[] runs)
    {
        var seconds = new double[rounds, runs.Length];
        for (var round = -WarmUp; round < rounds; round++)
        {
            for (var i = 0; i < runs.Length; i++)
            {
                prepare();
                GC.Collect();
                var watch = Stopwatch.StartNew();
                await Task.Run(runs[i]);
                if (round >= 0)
                    seconds[round, i] = watch.Elapsed.TotalSeconds;
            }
        }

        return new Times(seconds);
    }

    /// <summary>Runs a body for 0 … count − 1 on <paramref name="threads"/> threads that take the next number when they are free.</summary>
    /// <param name="makeWorker">Makes one thread's body, with what it needs for itself.</param>
    public static Task ParallelAsync(int threads, int count, Func<int, Action<int>> makeWorker)
    {
        var next = -1;
        // Threads of their own: the pool may take a second to start its second one.
        return Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var worker = makeWorker(thread);
                for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                    worker(i);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }
}
