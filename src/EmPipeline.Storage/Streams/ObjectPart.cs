namespace EmPipeline.Storage;

/// <summary>
/// Bytes of an object on their way. Reading either delivers exactly <see cref="Length"/> bytes (where it is known) or fails with a
/// <see cref="TransientException"/>: a body that ends early is never taken for a short object.
/// </summary>
internal sealed class ObjectPart : IAsyncDisposable
{
    private readonly string _place;
    private readonly Stream _body;
    private readonly StallGuard? _guard;
    private readonly IDisposable? _owner;
    private readonly CancellationToken _cancellation;
    private long _skip;
    private long _done;
    private bool _closed;

    /// <param name="guard">Watches the body; owned, as is <paramref name="owner"/>, which is disposed after the body.</param>
    public ObjectPart(string place, Stream body, StallGuard guard, IDisposable? owner = null)
    {
        (_place, _body, _guard, _owner, _cancellation) = (place, body, guard, owner, guard.Token);
        guard.Pause();
    }

    /// <summary>A part that cannot stall and whose failures are not the network's.</summary>
    public ObjectPart(string place, Stream body, CancellationToken cancellation) => (_place, _body, _cancellation) = (place, body, cancellation);

    /// <summary>Called once when the part is disposed.</summary>
    public event Action? Closed;

    /// <summary>Body bytes before those asked for; they are read and dropped.</summary>
    public long Skip { init => _skip = value; }

    /// <summary>Bytes in this part; null when the server does not say (then the end of the body is the end of the object).</summary>
    public long? Length { get; init; }

    /// <summary>Bytes in the whole object; null when the server does not say.</summary>
    public long? Total { get; init; }

    /// <summary>Whether the server can start anywhere in the object.</summary>
    public bool Ranged { get; init; }

    /// <summary>Without quotes; weak ones keep their W/ and quotes.</summary>
    public string? ETag { get; init; }

    public DateTimeOffset? Modified { get; init; }

    /// <summary>Of the whole object, where the server states it.</summary>
    public uint? Crc32C { get; init; }

    /// <summary>Bytes delivered so far.</summary>
    public long Done => _done;

    /// <returns>Bytes read; 0 at the end of the part.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (Length is { } length)
            buffer = buffer[..(int)Math.Min(buffer.Length, length - _done)];
        if (buffer.Length == 0)
            return 0;
        while (_skip > 0)
        {
            var skipped = await ReadBodyAsync(buffer[..(int)Math.Min(buffer.Length, _skip)]);
            _skip = skipped == 0 ? 0 : _skip - skipped;
        }

        var read = await ReadBodyAsync(buffer);
        _done += read;
        return read == 0 && Length is { } wanted ? throw new TransientException($"{_done} of {wanted} bytes, then the end of the response") : read;
    }

    /// <summary>Fills the whole buffer; the caller has made sure that the part is as long.</summary>
    public async ValueTask FillAsync(Memory<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var read = await ReadAsync(buffer);
            if (read == 0)
                throw new TransientException($"a response of {_done} bytes, {buffer.Length} fewer than expected");
            buffer = buffer[read..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, true))
            return;
        // Closing a broken body can throw what reading it threw already.
        try
        {
            await _body.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
        }

        _owner?.Dispose();
        _guard?.Dispose();
        Closed?.Invoke();
    }

    private async ValueTask<int> ReadBodyAsync(Memory<byte> buffer)
    {
        if (_guard is null)
            return await _body.ReadAsync(buffer, _cancellation);
        try
        {
            // Only waiting for the network counts, not what the reader does in between.
            _guard.Progress();
            var read = await _body.ReadAsync(buffer, _cancellation);
            _guard.Pause();
            return read;
        }
        catch (Exception e)
        {
            throw _guard.Translate(_place, e);
        }
    }
}
