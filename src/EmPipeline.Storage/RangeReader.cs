namespace EmPipeline.Storage;

/// <summary>What remote stores share: the loop round "open a range, fill a buffer", with retries over both.</summary>
internal sealed class RangeReader(Retrier retrier)
{
    /// <summary>One attempt to open a range; null = absent.</summary>
    public delegate ValueTask<ObjectPart?> Opener(StallGuard guard);

    public ValueTask<ObjectPart?> OpenAsync(string place, Opener open, CancellationToken cancellation) =>
        retrier.RunAsync(place, token => OpenOnceAsync(place, open, token, cancellation), cancellation);

    public ValueTask<bool> ReadAsync(string place, Opener open, long offset, Memory<byte> buffer, CancellationToken cancellation) =>
        retrier.RunAsync(
            place,
            async token =>
            {
                await using var part = await OpenOnceAsync(place, open, token, cancellation);
                if (part is null)
                    return false;
                if (part.Length < buffer.Length)
                {
                    throw new EndOfStreamException(
                        $"{place}: got end of object at byte {part.Total ?? offset + part.Length}, expected {offset + buffer.Length} bytes or more.");
                }

                await part.FillAsync(buffer);
                return true;
            },
            cancellation);

    /// <summary>One request that has no body to read, guarded and repeated.</summary>
    public ValueTask<T> AskAsync<T>(string place, Func<StallGuard, ValueTask<T>> ask, CancellationToken cancellation) =>
        retrier.RunAsync(
            place,
            async token =>
            {
                using var guard = retrier.Guard(token);
                try
                {
                    return await ask(guard);
                }
                catch (Exception e) when (e is not ObjectChangedException)
                {
                    throw guard.Translate(place, e);
                }
            },
            cancellation);

    // The guard outlives this call (the body is read under it), so it watches the caller's token rather than the attempt's.
    private async ValueTask<ObjectPart?> OpenOnceAsync(string place, Opener open, CancellationToken attempt, CancellationToken caller)
    {
        attempt.ThrowIfCancellationRequested();
        var guard = retrier.Guard(caller);
        ObjectPart? part = null;
        try
        {
            return part = await open(guard);
        }
        catch (Exception e) when (e is not ObjectChangedException)
        {
            throw guard.Translate(place, e);
        }
        finally
        {
            if (part is null)
                guard.Dispose();
        }
    }
}
