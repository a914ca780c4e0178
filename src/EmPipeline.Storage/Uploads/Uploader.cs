using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Storage;

/// <summary>
/// Makes objects of files: sends what the store does not have, or has otherwise, several at a time; a large file in parts. Equal is what has the same
/// checksum there, whoever put it. A killed run goes on with the parts that are there. Not for concurrent use; its memory is that of its connections' parts.
/// </summary>
public sealed class Uploader
{
    private readonly IUploadStore _store;
    private readonly StoredIndex _there;
    private readonly UploadRecord _record;
    private readonly UploaderOptions _options;
    private readonly ConcurrentDictionary<string, UnfinishedUpload> _unfinished;
    private readonly PartBuffers _buffers;

    /// <param name="store">Not owned.</param>
    /// <param name="there">What the store has.</param>
    /// <param name="record">Not owned.</param>
    /// <param name="unfinished">Uploads in parts to go on with, by key; taken out when that is done.</param>
    public Uploader(IUploadStore store, StoredIndex there, UploadRecord record, UploaderOptions? options = null, ConcurrentDictionary<string, UnfinishedUpload>? unfinished = null)
    {
        _options = options ?? new UploaderOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.PartSize, UploaderOptions.LeastPart);
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Connections, 1);
        (_store, _there, _record, _unfinished) = (store, there, record, unfinished ?? []);
        _buffers = new PartBuffers(_options.Connections);
    }

    /// <summary>Uploads files, in no order.</summary>
    /// <param name="before">Awaited before the first of them is sent; never if all are there. Null for nothing.</param>
    /// <param name="progress">Told the bytes of what was sent or found equal.</param>
    /// <param name="plan">Nothing is sent, only counted.</param>
    /// <exception cref="StorageException">A file is not what it was written as (<see cref="StorageFault.Content"/>), or the store refused.</exception>
    public async Task<UploadCounts> RunAsync(
        IEnumerable<UploadItem> items, Func<CancellationToken, Task>? before = null, IProgress<long>? progress = null, bool plan = false, CancellationToken cancellation = default)
    {
        var gate = new Lock();
        var counts = default(UploadCounts);
        var ready = new Lazy<Task>(() => before is null || plan ? Task.CompletedTask : before(cancellation));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Connections, CancellationToken = cancellation };
        await Parallel.ForEachAsync(items, parallel, async (item, token) =>
        {
            var equal = await EqualAsync(item, token);
            if (!equal)
            {
                await ready.Value;
                if (!plan)
                    await SendAsync(item, progress, token);
            }

            if (equal || plan)
                progress?.Report(item.Length);
            lock (gate)
                counts += equal ? new UploadCounts(0, 0, 1, 0) : new UploadCounts(1, item.Length, 0, _options.PutsOf(item.Length));
        });
        return counts;
    }

    private async ValueTask<bool> EqualAsync(UploadItem item, CancellationToken cancellation)
    {
        if (_there.LengthOf(item.Key) != item.Length || _there.ETagOf(item.Key) is not { } etag)
            return false;
        if (_record.Knows(item, etag))
            return true;
        // A folder lists no versions.
        if (etag == StoredIndex.NoETag)
            return (await _store.FindAsync(item.Key, cancellation))?.ETag == await FileHash.Md5Async(item.Path, cancellation: cancellation);
        var tag = await ContentTag.OfAsync(item.Path, item.Length, _options.PartOf(item.Length), cancellation);
        // What a version does not tell is sent again.
        if (StoredIndex.Hash(tag) != etag)
            return false;
        _record.Add(item, tag);
        return true;
    }

    private async ValueTask SendAsync(UploadItem item, IProgress<long>? progress, CancellationToken cancellation)
    {
        var condition = item.IsConditional ? await ConditionAsync(item.Key, cancellation) : null;
        var etag = item.Length <= _options.PartOf(item.Length)
            ? await SendWholeAsync(item, condition, progress, cancellation)
            : await SendPartsAsync(item, condition, progress, cancellation);
        _record.Add(item, etag);
    }

    /// <summary>That the store still has what was listed.</summary>
    private async ValueTask<UploadCondition?> ConditionAsync(string key, CancellationToken cancellation)
    {
        if (_there.ETagOf(key) is not { } listed)
            return UploadCondition.Absent;
        if (listed == StoredIndex.NoETag)
            return null;
        if (await _store.FindAsync(key, cancellation) is not { ETag: { } etag } || StoredIndex.Hash(etag) != listed)
            throw new StorageException(_store.Locate(key), "got another object than a moment ago, expected that nobody else writes here. Find out who does, and run again.", fault: StorageFault.Conflict);
        return new UploadCondition(etag);
    }

    private async ValueTask<string?> SendWholeAsync(UploadItem item, UploadCondition? condition, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var buffer = await _buffers.RentAsync((int)item.Length, cancellation);
        using (var file = Open(item))
            Read(item, file, 0, buffer.Bytes.Span);
        Check(item, Crc32C.Compute(buffer.Bytes.Span));
        var etag = await _store.PutAsync(item.Key, buffer.Bytes, condition, cancellation);
        progress?.Report(item.Length);
        return etag;
    }

    private async ValueTask<string?> SendPartsAsync(UploadItem item, UploadCondition? condition, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (_unfinished.TryRemove(item.Key, out var earlier))
        {
            try
            {
                var there = (await _store.ListPartsAsync(earlier, cancellation)).ToDictionary(part => part.Number);
                // Counted when it is done: it may have to be done again.
                var etag = await SendPartsAsync(item, earlier, there, condition, null, cancellation);
                progress?.Report(item.Length);
                return etag;
            }
            catch (StorageException e) when (e.Fault == StorageFault.Conflict)
            {
                // Gone since, or begun by another tool with other checksums or none, to which ours cannot be added.
                await _store.AbortAsync(earlier, cancellation);
            }
        }

        return await SendPartsAsync(item, await _store.BeginAsync(item.Key, cancellation), [], condition, progress, cancellation);
    }

    private async ValueTask<string?> SendPartsAsync(
        UploadItem item, UnfinishedUpload upload, Dictionary<int, UploadedPart> there, UploadCondition? condition, IProgress<long>? progress, CancellationToken cancellation)
    {
        var partSize = _options.PartOf(item.Length);
        var parts = new UploadedPart[(item.Length + partSize - 1) / partSize];
        using var file = Open(item);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Connections, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, parts.Length), parallel, async (index, token) =>
        {
            var offset = index * partSize;
            using var buffer = await _buffers.RentAsync((int)Math.Min(partSize, item.Length - offset), token);
            Read(item, file, offset, buffer.Bytes.Span);
            parts[index] = there.TryGetValue(index + 1, out var part) && IsOf(part, buffer.Bytes.Span)
                ? part with { Crc32C = Crc32C.Compute(buffer.Bytes.Span) }
                : await _store.PutPartAsync(upload, index + 1, offset, buffer.Bytes, token);
            progress?.Report(buffer.Bytes.Length);
        });
        var crc = parts.Aggregate(0u, (sum, part) => Crc32C.Combine(sum, part.Crc32C!.Value, part.Length));
        try
        {
            Check(item, crc);
            return await _store.CompleteAsync(upload, parts, condition, cancellation);
        }
        catch (StorageException e) when (e.Fault is StorageFault.Content or StorageFault.Conflict)
        {
            // Nobody will go on with it.
            await _store.AbortAsync(upload, cancellation);
            throw;
        }
    }

    private static bool IsOf(UploadedPart part, ReadOnlySpan<byte> bytes) =>
        part.Length == bytes.Length && S3Checksum.IsMd5(part.ETag) && !S3Checksum.Denies(part.ETag, bytes);

    private static SafeFileHandle Open(UploadItem item)
    {
        try
        {
            return File.OpenHandle(item.Path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Damaged(item, "got no file, expected one", e);
        }
        catch (Exception e) when (DiskFailures.IsLocal(e))
        {
            throw DiskFailures.From(item.Path, e);
        }
    }

    private static void Read(UploadItem item, SafeFileHandle file, long offset, Span<byte> bytes)
    {
        if (RandomAccess.GetLength(file) != item.Length)
            throw Damaged(item, $"got {RandomAccess.GetLength(file)} bytes, expected {item.Length}");
        for (var done = 0; done < bytes.Length;)
        {
            var read = RandomAccess.Read(file, bytes[done..], offset + done);
            if (read == 0)
                throw Damaged(item, $"got end of file at byte {offset + done}, expected {item.Length} bytes");
            done += read;
        }
    }

    private static void Check(UploadItem item, uint crc)
    {
        if (item.Crc32C is { } expected && expected != crc)
            throw Damaged(item, $"got CRC-32C {crc:x8}, expected {expected:x8}");
    }

    private static StorageException Damaged(UploadItem item, string got, Exception? cause = null) =>
        new(item.Path, $"{got}, as it was written. Nothing of it was sent as whole. Run ./build.sh Verify, which sets it aside, then the same again.", cause, StorageFault.Content);
}
