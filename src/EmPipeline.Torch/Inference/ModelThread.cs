using System.Collections.Concurrent;

namespace EmPipeline.Torch.Inference;

/// <summary>
/// One thread for all calls of a model. libtorch keeps a team of threads, and the C library a heap, for every thread that calls it: called from
/// whichever thread of the pool is free, both grow for as long as a prediction runs. Owned by whoever makes it; safe for concurrent use.
/// </summary>
internal sealed class ModelThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public ModelThread()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "Model" };
        _thread.Start();
    }

    /// <summary>Does a piece of work after those asked for before it; whoever waits goes on on a thread of the pool.</summary>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Waits for what was asked for.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
            work();
    }
}
