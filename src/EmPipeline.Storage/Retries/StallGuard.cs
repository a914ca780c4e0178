namespace EmPipeline.Storage;

/// <summary>
/// Ends one attempt when nothing arrives for a while. Its token is the caller's, and is also cancelled when time runs out; which of
/// the two it was decides <see cref="Translate"/>.
/// </summary>
internal sealed class StallGuard : IDisposable
{
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly TimeSpan _timeout;

    public StallGuard(TimeSpan timeout, TimeProvider time, CancellationToken caller)
    {
        _timeout = timeout;
        _caller = caller;
        _source = new CancellationTokenSource(timeout, time);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Something arrived: the time starts again.</summary>
    public void Progress() => _source.CancelAfter(_timeout);

    /// <summary>Nothing is awaited for now.</summary>
    public void Pause() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    /// <summary>What an exception out of the transport means: the caller's own cancellation, a stall, or a failure.</summary>
    public Exception Translate(string place, Exception failure)
    {
        if (failure is StorageException or EndOfStreamException or not (IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException))
            return failure;
        if (_caller.IsCancellationRequested)
            return new OperationCanceledException(null, failure, _caller);
        if (_source.IsCancellationRequested)
            return new TransientException($"no data for {_timeout.TotalSeconds:0.#} s", failure);
        return TransientException.From(place, failure);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
