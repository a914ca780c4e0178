using EmPipeline.Volumes;

namespace EmPipeline.Torch.Inference;

/// <summary>
/// One sweep for several outputs, each of which asks for the boxes that it still lacks. A box is predicted once all who are at work have
/// asked for one: the first along the sweep, for all who asked for that. After a kill one output may be a layer ahead of another: it waits.
/// Safe for concurrent use.
/// </summary>
internal sealed class SharedSweep(PredictionSweep sweep, int outputs, CancellationToken cancellation)
{
    private readonly Lock _lock = new();
    private readonly List<Request> _waiting = [];
    private int _atWork = outputs;

    /// <summary>Completes when the box is in <paramref name="target"/>, or nobody will write to that any more.</summary>
    /// <param name="stop">Of the asking output.</param>
    public async Task ReadAsync(OutputKind kind, Box box, Memory<byte> target, CancellationToken stop)
    {
        var request = new Request(kind, box, target, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
            _waiting.Add(request);
        await using var registration = stop.Register(() => Withdraw(request, stop));
        PredictIfAllWait();
        await request.Done.Task;
    }

    /// <summary>An output is done, or has failed: the others wait for it no longer.</summary>
    public void Leave()
    {
        lock (_lock)
            _atWork--;
        PredictIfAllWait();
    }

    private void Withdraw(Request request, CancellationToken stop)
    {
        lock (_lock)
        {
            // One that is being predicted is written to until that ends.
            if (!_waiting.Remove(request))
                return;
        }

        request.Done.SetCanceled(stop);
    }

    private void PredictIfAllWait()
    {
        Request[] due;
        lock (_lock)
        {
            if (_waiting.Count == 0 || _waiting.Count < _atWork)
                return;
            var first = _waiting.MinBy(request => (request.Box.Origin[1], request.Box.Origin[2], request.Box.Origin[0]))!.Box;
            due = [.. _waiting.Where(request => request.Box == first)];
            _waiting.RemoveAll(due.Contains);
        }

        _ = Task.Run(() => PredictAsync(due), CancellationToken.None);
    }

    private async Task PredictAsync(Request[] due)
    {
        try
        {
            await sweep.PredictAsync(due[0].Box, [.. due.Select(request => (request.Kind, request.Target))], cancellation);
        }
        catch (Exception e)
        {
            foreach (var request in due)
                request.Done.SetException(e);
            return;
        }

        foreach (var request in due)
            request.Done.SetResult();
    }

    private sealed record Request(OutputKind Kind, Box Box, Memory<byte> Target, TaskCompletionSource Done);
}
