using System.Collections.Concurrent;
using System.Globalization;
using EmPipeline.Torch.Items;
using EmPipeline.Torch.Runtime;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Loading;

/// <summary>
/// Some epochs at work, the next one read ahead while the last is still in use. A planner hands out batches in order, as many as there are free buffers; workers fill them block by block; the user
/// takes them in order. What a batch holds follows from the plan alone, whoever reads it and when.
/// </summary>
internal sealed class LoaderRun : IDisposable
{
    /// <summary>Samples under way at a time over a network, each with a request for every shard that it touches.</summary>
    private const int RemoteWorkers = 16;

    private readonly BlockSource _source;
    private readonly BlockLoaderOptions _options;
    private readonly Schedule _schedule;
    private readonly SampleReader _samples;
    private readonly CancellationTokenSource _stop;
    private readonly BlockingCollection<ItemTensors> _free = [];
    private readonly BlockingCollection<PendingBatch> _pending = [];
    private readonly BlockingCollection<(PendingBatch Batch, int Position)> _work = [];
    private readonly List<Thread> _threads = [];
    private readonly List<PendingBatch> _abandoned = [];
    private readonly TimeSpan _patience;
    private long _handedOver;
    private int _inUse;
    private bool _anyGivenBack;

    /// <param name="patience">How long to wait for a free buffer where all are in use and none was ever given back.</param>
    public LoaderRun(BlockSource source, SampleReader samples, BlockLoaderOptions options, Schedule schedule, TimeSpan patience, CancellationToken cancellation)
    {
        (_source, _samples, _options, _schedule, _patience) = (source, samples, options, schedule, patience);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        for (var i = 0; i <= options.Prefetch; i++)
            _free.Add(new ItemTensors(source.Layout, schedule.MostSamples).DetachFromDisposeScope());
    }

    /// <summary>Starts the threads; once.</summary>
    public void Start(int epoch, long batch, int epochs)
    {
        Start("plan", () => Plan(epoch, batch, epochs));
        for (var i = 0; i < (_source.IsRemote ? Math.Max(_options.Workers, RemoteWorkers) : _options.Workers); i++)
            Start($"{i}", Work);
    }

    /// <summary>The next batch, waiting for it; null at the end of the last epoch.</summary>
    public BlockBatch? Next()
    {
        LoaderMeter.CountUse(_handedOver);
        var asked = LoaderMeter.Now();
        PendingBatch pending;
        try
        {
            while (!_pending.TryTake(out pending!, (int)_patience.TotalMilliseconds, _stop.Token))
            {
                if (_pending.IsCompleted)
                    return null;
                RequireOneGivenBack();
            }
        }
        catch (InvalidOperationException) when (_pending.IsCompleted)
        {
            return null;
        }

        try
        {
            pending.Wait(_stop.Token);
        }
        catch
        {
            // Workers may still be writing to it: it is freed when they have stopped.
            _abandoned.Add(pending);
            throw;
        }

        LoaderMeter.CountWait(asked);
        _handedOver = LoaderMeter.Now();
        pending.Dispose();
        Interlocked.Increment(ref _inUse);
        var places = pending.Places;
        return new BlockBatch(
            pending.Buffer.First(places.Length), pending.Epoch, Array.ConvertAll(places, place => place.Index), Array.ConvertAll(places, place => place.Block),
            () => _schedule.After(_source.State(_options), pending.Epoch, pending.Batch), () => GiveBack(pending.Buffer));
    }

    /// <summary>Stops the workers and waits for them; memory of batches that are still in use stays theirs until they are disposed.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        foreach (var thread in _threads)
            thread.Join();
        foreach (var pending in _abandoned.Concat(_pending))
        {
            pending.Buffer.Dispose();
            pending.Dispose();
        }

        lock (_free)
        {
            while (_free.TryTake(out var buffer))
                buffer.Dispose();
            _free.CompleteAdding();
        }

        _work.Dispose();
        _pending.Dispose();
        _stop.Dispose();
    }

    /// <summary>Whoever forgets to dispose batches would wait for ever.</summary>
    private void RequireOneGivenBack()
    {
        if (!Volatile.Read(ref _anyGivenBack) && Volatile.Read(ref _inUse) > _options.Prefetch)
            throw new EmException(Fault.Configuration, string.Create(CultureInfo.InvariantCulture, $"batches: got {_inUse} in use and none disposed for {_patience.TotalSeconds:0.#} s, expected each to be disposed when its step is done, since its memory serves the next ones. Write using (batch), or raise Prefetch."));
    }

    private void GiveBack(ItemTensors buffer)
    {
        Volatile.Write(ref _anyGivenBack, true);
        Interlocked.Decrement(ref _inUse);
        lock (_free)
        {
            if (_free.IsAddingCompleted)
                buffer.Dispose();
            else
                _free.Add(buffer);
        }
    }

    private void Start(string name, Action body)
    {
        var thread = new Thread(() => Run(body)) { IsBackground = true, Name = $"BlockLoader {name}" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Run(Action body)
    {
        try
        {
            body();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The run is over; whoever waits for a batch waits on the same token.
        }
    }

    private void Plan(int epoch, long batch, int epochs)
    {
        for (var i = 0; i < epochs; (i, batch) = (i + 1, 0))
        {
            for (; batch < _schedule.Batches; batch++)
                Plan(epoch + i, batch);
        }

        _work.CompleteAdding();
        _pending.CompleteAdding();
    }

    private void Plan(int epoch, long batch)
    {
        var pending = new PendingBatch(_free.Take(_stop.Token), epoch, batch, _schedule.Samples(batch));
        // Never waits, and so never leaves the buffer to nobody.
        _pending.Add(pending, CancellationToken.None);
        for (var position = 0; position < pending.Samples.Count; position++)
            _work.Add((pending, position), _stop.Token);
    }

    private void Work()
    {
        foreach (var (batch, position) in _work.GetConsumingEnumerable(_stop.Token))
        {
            Exception? failure = null;
            try
            {
                _samples.Read(batch, position, _stop.Token);
            }
            catch (Exception error)
            {
                failure = error;
            }

            batch.Finish(position, failure);
        }
    }
}
