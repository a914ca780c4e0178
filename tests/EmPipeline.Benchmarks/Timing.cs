using System.Diagnostics;

namespace EmPipeline.Benchmarks;

/// <summary>Times things that are to be compared in turn, so that whatever else the machine does meets all of them alike.</summary>
internal static class Timing
{
    /// <summary>The shortest time of each in seconds, after one round that is not counted.</summary>
    /// <param name="runs">Each returns once its work is done; what it must set up before, it does in its Prepare.</param>
    public static async Task<double[]> BestAsync(int rounds, params (Action Prepare, Func<Task> Run)[] runs)
    {
        var best = Enumerable.Repeat(double.MaxValue, runs.Length).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < runs.Length; i++)
            {
                runs[i].Prepare();
                GC.Collect();
                var watch = Stopwatch.StartNew();
                var c0 = Process.GetCurrentProcess().TotalProcessorTime;
                await runs[i].Run();
                var cpu = (Process.GetCurrentProcess().TotalProcessorTime - c0).TotalSeconds;
                if (round >= 0)
                    best[i] = Math.Min(best[i], Environment.GetEnvironmentVariable("CPU") is null ? watch.Elapsed.TotalSeconds : cpu / 2);
            }
        }

        return best;
    }

    /// <summary>Runs <paramref name="body"/> for 0 … count − 1 on <paramref name="threads"/> threads that take the next number when they are free.</summary>
    public static Task ParallelAsync(int threads, int count, Func<int, Action<int>> makeWorker)
    {
        var next = -1;
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
