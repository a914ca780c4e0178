namespace EmPipeline.Volumes.Rechunk;

/// <summary>
/// Hands out work: parts of shards whose voxels are in memory first, else the next part of the source to read, as long as a buffer is free.
/// All members are safe for concurrent use.
/// </summary>
internal sealed class RechunkScheduler(RechunkPlan plan, IEnumerable<WorkBox> boxes, int bufferBytes, int elementSize) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<(WorkBox Box, NdIndex Part)> _parts = new();
    private readonly Stack<NativeBuffer> _buffers = new();
    private readonly List<NativeBuffer> _allBuffers = [];
    private readonly IEnumerator<WorkBox> _boxes = boxes.GetEnumerator();
    private int _unfinished;
    private bool _exhausted;
    private WorkBox? _reading;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The next thing to do; null when all is done.</summary>
    public async ValueTask<RechunkWork?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_parts.TryDequeue(out var ready))
                    return new RechunkWork(ready.Box, null, ready.Part);
                if (_reading is null && !_exhausted && HasBuffer)
                    OpenBox();
                if (_reading is { } box)
                {
                    var piece = box.Pieces[box.NextPiece++];
                    if (box.NextPiece == box.Pieces.Count)
                        _reading = null;
                    return new RechunkWork(box, piece, default);
                }

                if (_exhausted && _unfinished == 0)
                    return null;
                wait = _changed.Task;
            }

            await wait.WaitAsync(cancellation);
        }
    }

    /// <summary>The next box as a whole, for a worker that reads it itself; null after the last.</summary>
    public WorkBox? NextBox()
    {
        lock (_lock)
            return _boxes.MoveNext() ? _boxes.Current : null;
    }

    /// <summary>A piece has been read; the last of a box makes its parts ready.</summary>
    public void PieceRead(WorkBox box)
    {
        lock (_lock)
        {
            if (--box.PiecesLeft > 0)
                return;
            foreach (var part in box.Parts)
                _parts.Enqueue((box, part));
            Announce();
        }
    }

    /// <summary>A part has been written; after the last one the box's buffer is free.</summary>
    public void PartDone(WorkBox box)
    {
        lock (_lock)
        {
            if (--box.PartsLeft > 0)
                return;
            _buffers.Push(box.Buffer);
            _unfinished--;
            Announce();
        }
    }

    /// <summary>To be called when no worker runs any more.</summary>
    public void Dispose()
    {
        _boxes.Dispose();
        foreach (IDisposable buffer in _allBuffers)
            buffer.Dispose();
    }

    private bool HasBuffer => _buffers.Count > 0 || _allBuffers.Count < plan.Slots;

    private void OpenBox()
    {
        if (!_boxes.MoveNext())
        {
            _exhausted = true;
            Announce();
            return;
        }

        _reading = _boxes.Current;
        if (!_buffers.TryPop(out var buffer))
        {
            buffer = new NativeBuffer(bufferBytes);
            _allBuffers.Add(buffer);
        }

        _reading.Buffer = buffer;
        _reading.Start(plan.Pieces(_reading.Voxels, elementSize));
        _unfinished++;
    }

    private void Announce()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
