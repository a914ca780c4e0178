using System.Buffers;
using EmPipeline.Formats.Precomputed;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Stages.Download;

/// <summary>Fetches one file of a <see cref="CropPlan"/>: the parts that its content names, into a temporary file that the batch then names.</summary>
/// <param name="plan">Its source's store is not owned.</param>
internal sealed class CropFetch(CropPlan plan, string targetFolder, IProgress<long>? progress, int requestsAtOnce = 4)
{
    /// <summary>What may come in a second; null for all that the network brings.</summary>
    public BandwidthLimit? Bandwidth { get; init; }

    /// <param name="check">Told the file before it is named; what it throws leaves no file.</param>
    /// <returns>What was written, and the bytes of the source that it took; null when the source has no such chunk, which then reads as zeros.</returns>
    /// <exception cref="EmException">The source is damaged, changed or does not answer, or the disk refuses.</exception>
    public async Task<(LockedObject File, long BytesRead)?> RunAsync(
        CropFile file, string address, Action<LockedObject> check, FileBatch batch, CancellationToken cancellation)
    {
        try
        {
            if (await PrecomputedCrop.ContentAsync(plan, file, cancellation) is not { } content)
                return null;
            var target = Path.Combine(targetFolder, content.RelativeName.Replace('/', Path.DirectorySeparatorChar));
            var partial = target + Durable.PartialSuffix;
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                await WriteAsync(content, partial, cancellation);
                var sha256 = await FileHash.Sha256Async(partial, cancellation: cancellation);
                var written = new LockedObject(content.RelativeName, address + content.RelativeName + file.Fragment, content.Length, content.ETag, sha256);
                check(written);
                batch.Add(partial, target);
                return (written, content.IndexBytes + content.Reads.Sum(read => read.Length));
            }
            catch (Exception e)
            {
                if (File.Exists(partial))
                    File.Delete(partial);
                if (DiskFailures.IsLocal(e))
                    throw DiskFailures.From(target, e);
                throw;
            }
        }
        catch (StorageException e)
        {
            throw new EmException(e.Fault == StorageFault.Machine ? Fault.Machine : Fault.Source, e.Message, e);
        }
    }

    private async Task WriteAsync(CropContent content, string path, CancellationToken cancellation)
    {
        using var handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None, content.Length);
        RandomAccess.SetLength(handle, content.Length);
        foreach (var (offset, bytes) in content.Own)
            RandomAccess.Write(handle, bytes.Span, offset);
        if (content.Source is not { } source)
        {
            progress?.Report(content.Length);
            return;
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = requestsAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(content.Reads, options, async (read, token) => await CopyAsync(source.Key, read, handle, token));
        await CheckUnchangedAsync(source, cancellation);
        Durable.BeginFlush(handle);
    }

    private async ValueTask CopyAsync(string key, CropRead read, SafeFileHandle target, CancellationToken cancellation)
    {
        var place = $"{plan.Source.Store.Locate(key)} at byte {read.Offset}";
        if (read.Length > Array.MaxLength)
            throw EmException.Corrupt(place, $"got a chunk of {read.Length} bytes, expected at most {Array.MaxLength}.");
        var rented = ArrayPool<byte>.Shared.Rent((int)read.Length);
        try
        {
            var bytes = rented.AsMemory(0, (int)read.Length);
            if (!await plan.Source.Store.ReadAsync(key, read.Offset, bytes, cancellation))
                throw EmException.Unavailable(place, "got no file where there was one a moment ago. Run again.");
            if (Bandwidth is not null)
                await Bandwidth.WaitAsync(read.Length, cancellation);
            foreach (var (from, to, length) in read.Moves)
            {
                RandomAccess.Write(target, bytes.Span.Slice((int)(from - read.Offset), (int)length), to);
                progress?.Report(length);
            }
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt(place, $"got the end of the file, expected {read.Length} bytes. Run again; if it stays, the source is truncated.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    // Pieces of two versions must not end up in one file.
    private async ValueTask CheckUnchangedAsync(StoredObject before, CancellationToken cancellation)
    {
        var after = await plan.Source.Store.FindAsync(before.Key, cancellation);
        if (after?.Length != before.Length || after?.ETag != before.ETag || after?.Modified != before.Modified)
        {
            throw EmException.Unavailable(plan.Source.Store.Locate(before.Key),
                $"got version {after?.ETag ?? "?"} of {after?.Length ?? 0} bytes after the read, expected {before.ETag ?? "?"} of {before.Length}: it changed meanwhile. Run again.");
        }
    }
}
