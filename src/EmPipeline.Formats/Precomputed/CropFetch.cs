using System.Buffers;
using System.Security.Cryptography;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Fetches one file of a <see cref="CropPlan"/>.</summary>
internal sealed class CropFetch(CropPlan plan, CropFile file, string targetFolder, IProgress<long>? progress, int requestsAtOnce)
{
    private const int PieceBytes = 4 << 20;

    private long _bytesRead;

    public async ValueTask<CropFileResult?> RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (file.ChunkIds.Count > 0)
                return await FetchShardAsync(cancellation);
            return file.Cell is { } cell ? await FetchChunkAsync(cell, cancellation) : await FetchInfoAsync(cancellation);
        }
        catch (StorageException e)
        {
            throw new EmException(Fault.Source, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmException(Fault.Machine, $"{TargetPath(file.RelativeName)}: {e.Message} Free space or allow writing, then run again.", e);
        }
    }

    private async ValueTask<CropFileResult?> FetchInfoAsync(CancellationToken cancellation)
    {
        var source = await plan.Source.Store.FindAsync(plan.Source.Child("info"), cancellation);
        _bytesRead = plan.InfoText.Length;
        progress?.Report(plan.InfoText.Length);
        return await WriteAsync(file.RelativeName, source?.ETag, handle =>
        {
            RandomAccess.Write(handle, plan.InfoText, 0);
            return ValueTask.CompletedTask;
        }, cancellation);
    }

    private async ValueTask<CropFileResult?> FetchChunkAsync(NdIndex cell, CancellationToken cancellation)
    {
        var chunks = new UnshardedChunks(plan.Folder, plan.Scale, (long)plan.Info.Channels * plan.Info.DataType.Size());
        if (await chunks.FindAsync(cell, cancellation) is not { } source)
            return null;
        var name = file.RelativeName + source.Key[plan.Folder.Child(plan.Scale.FileName(cell)).Length..];
        return await WriteAsync(name, source.ETag, async handle =>
        {
            for (var offset = 0L; offset < source.Length; offset += PieceBytes)
            {
                var piece = new ByteRun(offset, Math.Min(PieceBytes, source.Length - offset), 0, 1);
                await CopyAsync(source.Key, piece, handle, new[] { (offset, offset, piece.Length) }, cancellation);
            }

            await CheckUnchangedAsync(source, cancellation);
        }, cancellation);
    }

    private async ValueTask<CropFileResult?> FetchShardAsync(CancellationToken cancellation)
    {
        var (indexes, sharding) = (plan.Indexes!, plan.Scale.Sharding!);
        if (await indexes.FindShardAsync(file.Shard, cancellation) is not { } source)
            throw EmException.Unavailable(indexes.Locate(file.Shard), "got no file where there was one when the crop was planned. Run again.");
        var chunks = new List<(ulong Id, ChunkRange Range)>();
        foreach (var id in file.ChunkIds)
        {
            if (await indexes.FindAsync(id, cancellation) is not { } range)
                throw EmException.Unavailable(indexes.Locate(file.Shard), $"got no chunk {id} where there was one when the crop was planned. Run again.");
            chunks.Add((id, range));
        }

        chunks.Sort(static (a, b) => (a.Range.Offset, a.Id).CompareTo((b.Range.Offset, b.Id)));
        var layout = new CompactShard(sharding, chunks.Select(chunk => (chunk.Id, chunk.Range.Length)));
        var moves = chunks.Select(chunk => (From: chunk.Range.Offset, To: layout.OffsetOf(chunk.Id), chunk.Range.Length)).ToArray();
        // The indexes were read for the plan, or just now; either way this file is what they were read for.
        _bytesRead = indexes.BytesReadOf(file.Shard);
        return await WriteAsync(file.RelativeName, source.ETag, async handle =>
        {
            layout.WriteIndexes(handle);
            var runs = ByteRuns.Plan(moves.Select(move => (move.From, move.Length)).ToArray());
            await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = requestsAtOnce, CancellationToken = cancellation },
                async (run, token) => await CopyAsync(source.Key, run, handle, moves.AsMemory(run.First, run.Count), token));
            await CheckUnchangedAsync(source, cancellation);
        }, cancellation);
    }

    private async ValueTask CopyAsync(
        string key, ByteRun run, SafeFileHandle target, ReadOnlyMemory<(long From, long To, long Length)> moves, CancellationToken cancellation)
    {
        var place = $"{plan.Source.Store.Locate(key)} at byte {run.Offset}";
        if (run.Length > Array.MaxLength)
            throw EmException.Corrupt(place, $"got a chunk of {run.Length} bytes, expected at most {Array.MaxLength}.");
        var rented = ArrayPool<byte>.Shared.Rent((int)run.Length);
        try
        {
            var bytes = rented.AsMemory(0, (int)run.Length);
            if (!await plan.Source.Store.ReadAsync(key, run.Offset, bytes, cancellation))
                throw EmException.Unavailable(place, "got no file where there was one a moment ago. Run again.");
            foreach (var (from, to, length) in moves.Span)
            {
                RandomAccess.Write(target, bytes.Span.Slice((int)(from - run.Offset), (int)length), to);
                progress?.Report(length);
            }
        }
        catch (EndOfStreamException e)
        {
            throw EmException.Corrupt(place, $"got the end of the file, expected {run.Length} bytes. Run again; if it stays, the source is truncated.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        Interlocked.Add(ref _bytesRead, run.Length);
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

    private async ValueTask<CropFileResult> WriteAsync(
        string name, string? etag, Func<SafeFileHandle, ValueTask> fill, CancellationToken cancellation)
    {
        var path = TargetPath(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".partial";
        try
        {
            long length;
            string digest;
            using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                await fill(handle);
                length = RandomAccess.GetLength(handle);
                digest = Digest(handle, length, cancellation);
                RandomAccess.FlushToDisk(handle);
            }

            File.Move(temporary, path, overwrite: true);
            return new CropFileResult(name, length, digest, etag, _bytesRead);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string Digest(SafeFileHandle handle, long length, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            for (var offset = 0L; offset < length;)
            {
                cancellation.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(handle, piece, offset);
                if (read == 0)
                    throw new EndOfStreamException($"the file ended at byte {offset} while it was read back.");
                hash.AppendData(piece, 0, read);
                offset += read;
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private string TargetPath(string name) => Path.Combine(targetFolder, name.Replace('/', Path.DirectorySeparatorChar));
}
