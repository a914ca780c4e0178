namespace EmPipeline.Storage;

/// <summary>
/// Decides whether an answer is about the version of an object that a piece map was begun with, when its ETag is another one: servers behind
/// one address may each name versions in their own way, and a restart may rename them. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The same ETag is the same version (a weak one only with the same time as well). Another name is believed where the checksum of the whole
/// is known beforehand, since it has the last word; else only if length and modification time are the same, and samples from the pieces
/// that are here are byte for byte what the newly named version holds. Anything else is another version, and the download starts over.
/// </remarks>
internal sealed class VersionCheck(DownloadJob job, PieceMap map, Func<long, Memory<byte>, int> readPartial) : IDisposable
{
    private const int MostSamples = 32;
    private const int SampleBytes = 16 << 10;

    // One address may be answered by several servers; the sample has to come from the one that uses the new name.
    private const int Asks = 64;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Opens a part of a piece in the map's version, under whatever name.</summary>
    /// <exception cref="ObjectChangedException">It is another version now.</exception>
    public async ValueTask<ObjectPart> OpenAsync(int piece, long offset, long length, CancellationToken cancellation)
    {
        ObjectPart part;
        try
        {
            part = await job.OpenAsync(offset, length, map.ETag, cancellation);
        }
        catch (ObjectChangedException)
        {
            // Without the precondition the answer itself says which version its body is of.
            part = await job.OpenAsync(offset, length, null, cancellation);
        }

        try
        {
            await CheckAsync(piece, part, cancellation);
            return part;
        }
        catch
        {
            await part.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="ObjectChangedException">The answer is about another version.</exception>
    public async ValueTask CheckAsync(int piece, ObjectPart part, CancellationToken cancellation)
    {
        if (map.IsOf(part))
            return;
        if (!map.MayBeOf(part, job.HasChecksum))
            throw new ObjectChangedException(job.Place);
        await _turn.WaitAsync(cancellation);
        try
        {
            if (map.IsOf(part))
                return;
            if (!job.HasChecksum && !await HoldsWhatIsHereAsync(piece, part.ETag!, cancellation))
                throw new ObjectChangedException(job.Place);
            map.Rename(part.ETag!);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask<bool> HoldsWhatIsHereAsync(int piece, string etag, CancellationToken cancellation)
    {
        // With nothing to compare, starting over loses nothing; the first piece is on its way in the version that the map was begun with.
        if (map.DoneBytes() == 0 && piece == 0)
            return false;
        await map.FirstDone.WaitAsync(cancellation);
        var done = map.Done();
        var (theirs, ours) = (new byte[SampleBytes], new byte[SampleBytes]);
        for (var i = 0; i < Math.Min(MostSamples, done.Length); i++)
        {
            var sampled = done[(int)((long)i * done.Length / Math.Min(MostSamples, done.Length))];
            var length = Math.Min(SampleBytes, map.LengthOf(sampled));
            // Another place in each piece, so that a change that repeats cannot hide between the samples.
            var offset = map.OffsetOf(sampled) + (sampled * 7919L * SampleBytes % (map.LengthOf(sampled) - length + 1));
            if (readPartial(offset, ours.AsMemory(0, length)) != length || !await ReadAsync(offset, etag, theirs.AsMemory(0, length), cancellation)
                || !theirs.AsSpan(0, length).SequenceEqual(ours.AsSpan(0, length)))
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<bool> ReadAsync(long offset, string etag, Memory<byte> buffer, CancellationToken cancellation)
    {
        for (var ask = 0; ask < Asks; ask++)
        {
            try
            {
                await using var part = await job.OpenBesideAsync(offset, buffer.Length, etag, cancellation);
                if (part.ETag != etag)
                    continue;
                await job.CountAsync(buffer.Length, cancellation);
                await part.FillAsync(buffer);
                return true;
            }
            catch (ObjectChangedException)
            {
                // Another server's turn.
            }
        }

        return false;
    }
}
