using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace EmPipeline.Storage;

/// <summary>
/// Makes many files side by side and durable in batches: while one batch is on its way to the disk the next one gathers, so batches are as
/// large as the disk is slow, and a kill loses little.
/// </summary>
public static class DurableBatches
{
    // What may wait for the disk; beyond it, making pauses.
    private const int MostWaiting = 256;

    /// <param name="atATime">Items under way at the same time.</param>
    /// <param name="make">Makes an item's files under temporary names and adds them to the batch. Called concurrently.</param>
    /// <returns>
    /// Each result once its files are durable, in no particular order. After a failure the files that are whole are still named and
    /// their results returned, then the failure is thrown.
    /// </returns>
    public static IAsyncEnumerable<TResult> RunAsync<TItem, TResult>(
        IEnumerable<TItem> items, int atATime, Func<TItem, FileBatch, CancellationToken, Task<TResult>> make, CancellationToken cancellation = default) =>
        RunAsync(items.ToAsyncEnumerable(), atATime, make, cancellation);

    /// <summary>The same for items that are not known yet.</summary>
    public static async IAsyncEnumerable<TResult> RunAsync<TItem, TResult>(
        IAsyncEnumerable<TItem> items, int atATime, Func<TItem, FileBatch, CancellationToken, Task<TResult>> make, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var batch = new FileBatch();
        var made = Channel.CreateBounded<TResult>(MostWaiting);
        var making = Parallel.ForEachAsync(
            items,
            new ParallelOptions { MaxDegreeOfParallelism = atATime, CancellationToken = stop.Token },
            async (item, token) => await made.Writer.WriteAsync(await make(item, batch, token), stop.Token));
        _ = making.ContinueWith(_ => made.Writer.Complete(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            var waiting = new List<TResult>();
            while (await made.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (waiting.Count < MostWaiting && made.Reader.TryRead(out var one))
                    waiting.Add(one);
                // What is whole is kept, also when the caller has asked to stop.
                await batch.CommitAsync(CancellationToken.None);
                foreach (var one in waiting)
                    yield return one;
                waiting.Clear();
            }

            await making;
        }
        finally
        {
            // Also when the caller stops early: nothing goes on writing behind its back.
            await stop.CancelAsync();
            await making.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
