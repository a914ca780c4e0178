namespace EmPipeline.Storage;

/// <summary>What remote stores share: the loop round "open a range, fill a buffer", with retries over both.</summary>
internal sealed class RangeReader(Retrier retrier)
{
    /// <summary>One attempt to open a range; null = absent.</summary>
    public delegate ValueTask<ObjectPart?> Opener(StallGuard guard);

    public ValueTask<ObjectPart?> OpenAsync(string place, Opener open, CancellationToken cancellation) =>
        retrier.RunAsync(place, token => OpenOnceAsync(place, open, token, cancellation), cancellation);

    public ValueTask<bool> ReadAsync(string place, Opener open, long offset, Memory<byte> buffer, string? ifMatch, CancellationToken cancellation) =>
        retrier.RunAsync(
            place,
            async token =>
            {
                await using var part = await OpenOnceAsync(place, open, token, cancellation);
                if (part is null)
                    return false;

                // Not every server heeds If-Match.
                if (ifMatch is not null && part.ETag != ifMatch)
                    throw new ObjectChangedException(place);
                if (part.Length < buffer.Length)
                {
                    throw new EndOfStreamException(
                        $"{place}: got end of object at byte {part.Total ?? offset + part.Length}, expected {offset + buffer.Length} bytes or more.");
                }

                await part.FillAsync(buffer);
                return true;
            },
            cancellation);

    /// <param name="open">Opens the whole object.</param>
    public ValueTask<byte[]?> ReadAllAsync(string place, Opener open, long maximum, CancellationToken cancellation) =>
        retrier.RunAsync(
            place,
            async token =>
            {
                await using var part = await OpenOnceAsync(place, open, token, cancellation);
                return part is null ? null : await ReadAllAsync(place, part, maximum);
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

    // An object of unknown length (a page made on request) is read into a buffer that grows with what comes.
    private static async ValueTask<byte[]> ReadAllAsync(string place, ObjectPart part, long maximum)
    {
        maximum = Math.Min(maximum, Array.MaxLength - 1);
        if (part.Length > maximum)
            throw StoreExtensions.TooLarge(place, part.Length.Value, maximum);
        var bytes = new byte[part.Length ?? Math.Min(64 << 10, maximum)];
        var done = 0;
        for (int read; (read = await part.ReadAsync(bytes.AsMemory(done))) > 0;)
        {
            done += read;
            if (done == bytes.Length && part.Length is null)
                Array.Resize(ref bytes, (int)Math.Min(maximum + 1, 2L * done));
            if (done > maximum)
                throw StoreExtensions.TooLarge(place, done, maximum);
        }

        return done == bytes.Length ? bytes : bytes[..done];
    }
}
