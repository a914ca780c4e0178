using System.Collections.Concurrent;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Stages.Verify;

/// <summary>
/// Reads back every shard that Rechunk wrote and holds it to its CRC-32C, and the volume's metadata to their SHA-256. What fails is set
/// aside in the state folder, so that the next Rechunk makes just that again.
/// </summary>
public static class WrittenCheck
{
    private const int BufferBytes = 1 << 20;

    /// <exception cref="EmException">Something is not as it was written; each is named.</exception>
    public static async Task<StageOutcome> RunAsync(StageContext context, CancellationToken cancellation)
    {
        var (name, data) = (context.Dataset.Name, context.Data);
        // Not while a run writes there.
        using var turn = await ExclusiveFile.AcquireAsync(data.RechunkTurn, cancellation);
        if (Ledger.Read(data.LedgerFile(name, Stage.Rechunk)) is not { Shards: { } shards } ledger)
            return new StageOutcome(0, "nothing is written yet");

        var problems = new ConcurrentBag<string>();
        var progress = new ByteCounter(context.Progress, 0);
        var (count, bytes) = (0L, 0L);
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = cancellation };
        await Parallel.ForEachAsync(shards.Files(data), options, (shard, token) =>
        {
            if (Problem(shard, progress, token) is { } problem)
                problems.Add(SetAside(context, shard.Path, problem));
            Interlocked.Increment(ref count);
            Interlocked.Add(ref bytes, shard.Length);
            return ValueTask.CompletedTask;
        });
        foreach (var file in ledger.ReadFiles().Where(file => file.Sha256 is not null))
        {
            var path = data.Locate(file);
            if (!File.Exists(path))
                problems.Add(Missing(path));
            else if (await FileHash.Sha256Async(path, cancellation: cancellation) is var sha256 && sha256 != file.Sha256)
                problems.Add(SetAside(context, path, $"got sha256 {sha256}, expected {file.Sha256} as written"));
        }

        return problems.IsEmpty
            ? new StageOutcome(bytes, $"{Counted.Of(count, "shard")} intact")
            : throw new EmException(Fault.Corrupt, string.Join('\n', problems.Order(StringComparer.Ordinal)));
    }

    private static string? Problem(StoredShard shard, IProgress<long> progress, CancellationToken cancellation)
    {
        if (!File.Exists(shard.Path))
            return "";
        using var file = File.OpenHandle(shard.Path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        if (length != shard.Length)
            return $"got {length} bytes, expected {shard.Length} as written";
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var checksum = 0u;
            for (long at = 0, read; (read = RandomAccess.Read(file, buffer.AsSpan(0, BufferBytes), at)) > 0; at += read)
            {
                cancellation.ThrowIfCancellationRequested();
                checksum = Crc32C.Append(checksum, buffer.AsSpan(0, (int)read));
                progress.Report(read);
            }

            return checksum == shard.Checksum ? null : $"got CRC-32C {checksum:x8}, expected {shard.Checksum:x8} as written";
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string SetAside(StageContext context, string path, string problem)
    {
        if (problem.Length == 0)
            return Missing(path);
        var (name, data) = (context.Dataset.Name, context.Data);
        var relative = Path.GetRelativePath(context.Zarr, path);
        // Statistics of labels lie beside the ledgers.
        var aside = Path.Combine(data.State(name), "damaged", relative.StartsWith("..", StringComparison.Ordinal) ? Path.GetFileName(path) : relative);
        Directory.CreateDirectory(Path.GetDirectoryName(aside)!);
        File.Move(path, aside, overwrite: true);
        return $"{path}: {problem}. It was set aside as {aside}; run Rechunk to make it again.";
    }

    private static string Missing(string path) => $"{path}: got no file, expected it as written. Run Rechunk to make it again.";
}
