using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// A large object in pieces over several connections, each piece held to the version that the map was begun with. A piece that breaks
/// goes on from where it came to; a transfer that is cancelled or killed goes on from its map.
/// </summary>
internal sealed class PieceTransfer(DownloadJob job, PieceMap map, Retrier retrier, int connections)
{
    // Large writes: a file system takes them in large pages, at a fraction of the cost.
    private const int BufferSize = 1 << 20;
    private ObjectPart? _first;

    /// <param name="first">An answer already open that is the first piece; null to ask for every missing piece.</param>
    public async Task<DownloadedFile> RunAsync(ObjectPart? first, bool resumed, CancellationToken cancellation)
    {
        _first = first;
        try
        {
            return await RunAsync(resumed, cancellation);
        }
        finally
        {
            if (_first is { } unused)
                await unused.DisposeAsync();
        }
    }

    private async Task<DownloadedFile> RunAsync(bool resumed, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(job.PartialPath, resumed ? FileMode.Open : FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        RandomAccess.SetLength(file, map.Length);
        using var digest = new Digest(job.Expected.Md5 is not null);
        await FetchAsync(file, new FollowingHash(file, digest), cancellation);
        var digests = digest.Finish();
        try
        {
            job.CheckContent(map.Length, digests);
        }
        catch (StorageException) when (map.IsRenamed)
        {
            // The other name was another version's after all; nothing says yet that this one is not what is expected.
            throw new ObjectChangedException(job.Place);
        }

        return new DownloadedFile(map.Length, map.ETag, digests.Sha256, job.Transferred, resumed);
    }

    private async Task FetchAsync(SafeFileHandle file, FollowingHash hash, CancellationToken cancellation)
    {
        await using var writer = new PieceMapWriter(map, job.MapPath, file, hash);
        using var version = new VersionCheck(job, map, (offset, buffer) => RandomAccess.Read(file, buffer.Span, offset));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ExceptionDispatchInfo? failure = null;
        var missing = new ConcurrentQueue<int>(map.Missing());
        job.Report(map.DoneBytes());
        hash.Advance(map.Contiguous());
        var tasks = Enumerable.Range(0, Math.Min(connections, missing.Count)).Select(_ => WorkAsync())
            .Append(hash.RunAsync(map.Length, stop.Token))
            .Select(StopOthersAsync);
        await Task.WhenAll(tasks);
        cancellation.ThrowIfCancellationRequested();
        failure?.Throw();

        async Task WorkAsync()
        {
            await Task.Yield();
            while (missing.TryDequeue(out var piece))
            {
                await FetchPieceAsync(file, piece, version, stop.Token);
                Durable.BeginFlush(file, map.OffsetOf(piece), map.LengthOf(piece));
                hash.Advance(map.Complete(piece));
                writer.Changed();
            }
        }

        // The first failure is the one to tell; it ends the others.
        async Task StopOthersAsync(Task task)
        {
            try
            {
                await task;
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                await stop.CancelAsync();
            }
        }
    }

    private async Task FetchPieceAsync(SafeFileHandle file, int piece, VersionCheck version, CancellationToken cancellation)
    {
        var (offset, end) = (map.OffsetOf(piece), map.OffsetOf(piece) + map.LengthOf(piece));
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            // Only attempts that brought nothing count against the limit: a line that breaks every few MiB is slow, not dead.
            for (var begun = -1L; offset < end;)
            {
                try
                {
                    begun = offset;
                    await retrier.RunAsync(job.Place, AttemptAsync, cancellation);
                }
                catch (StorageException e) when (offset > begun && e.Fault == StorageFault.Source)
                {
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        async ValueTask<bool> AttemptAsync(CancellationToken attempt)
        {
            await using var part = (piece == 0 ? Interlocked.Exchange(ref _first, null) : null)
                ?? await version.OpenAsync(piece, offset, end - offset, attempt);
            var filled = 0;
            try
            {
                while (offset + filled < end)
                {
                    var read = await part.ReadAsync(buffer.AsMemory(filled));
                    if (read == 0)
                        throw new TransientException($"a part that ends at byte {offset + filled} instead of {end}");
                    filled += read;
                    await job.CountAsync(read, attempt);
                    if (filled == buffer.Length)
                        Keep();
                }
            }
            finally
            {
                // Also what came before it broke.
                Keep();
            }

            return true;

            void Keep()
            {
                RandomAccess.Write(file, buffer.AsSpan(0, filled), offset);
                job.Report(filled);
                (offset, filled) = (offset + filled, 0);
            }
        }
    }
}
