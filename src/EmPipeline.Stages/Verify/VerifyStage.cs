using System.Collections.Concurrent;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Verify;

/// <summary>
/// Reads every raw file back from disk and holds it to its length, to the SHA-256 of when it was fetched, and to checksums that its
/// publisher states. A file that is no longer what was fetched is removed, so that the next Download fetches just that one.
/// </summary>
internal static class VerifyStage
{
    public static async Task<StageProduct> RunAsync(StageContext context, Ledger download, CancellationToken cancellation)
    {
        var total = download.Files?.Bytes ?? 0;
        var progress = new ByteCounter(context.Progress, total);
        var problems = new ConcurrentBag<string>();
        var verified = new ConcurrentBag<LedgerFile>();
        var unseen = new ConcurrentDictionary<string, string>(context.Dataset.Checksums);
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = cancellation };
        await Parallel.ForEachAsync(download.ReadFiles(), options, async (file, token) =>
        {
            var path = context.Data.Locate(file);
            unseen.TryRemove(Path.GetFileName(file.Path), out _);
            var (sha256, damage) = await ReadAsync(file, path, progress, token);
            if (damage is not null)
            {
                problems.Add(damage);
                // Only what was fetched can be fetched again; a file used in place is the user's.
                if (!Path.IsPathRooted(file.Path))
                    File.Delete(path);
            }
            else if (await DifferenceAsync(context, path, sha256, token) is { } difference)
            {
                problems.Add(difference);
            }
            else
            {
                verified.Add(file with { Sha256 = sha256 });
            }
        });
        if (!problems.IsEmpty)
            throw new EmException(Fault.Corrupt, string.Join('\n', problems.Order(StringComparer.Ordinal)));

        foreach (var name in unseen.Keys.Order(StringComparer.Ordinal))
            throw new EmException(Fault.Configuration, $"{context.Dataset.Place}.checksum.{name}: got no such file, expected one of the dataset's raw files.");
        // The files that it read are Download's; it answers for the list of what it found.
        var path = Path.Combine(context.Data.State(context.Dataset.Name), "verified.jsonl");
        var list = await FileList.WriteAsync(path, verified, cancellation);
        return new StageProduct([new LedgerFile(context.Data.Relative(path), new FileInfo(path).Length)], new VerifyResult(list), new StageOutcome(total, $"{Counted.Of(list.Count, "file")} intact"));
    }

    /// <summary>The SHA-256 of a file on the disk, and what tells it from the one that was fetched.</summary>
    private static async Task<(string Sha256, string? Damage)> ReadAsync(LedgerFile file, string path, IProgress<long> progress, CancellationToken cancellation)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
            return ("", $"{path}: got no file, expected {file.Length} bytes. Run Download again.");
        if (info.Length != file.Length)
            return ("", $"{path}: got {info.Length} bytes, expected {file.Length}. Run Download again.");
        var sha256 = await FileHash.Sha256Async(path, progress, cancellation);
        return (sha256, file.Sha256 is null || sha256 == file.Sha256 ? null : $"{path}: got sha256 {sha256}, expected {file.Sha256} as fetched. The file was removed; run Download again.");
    }

    /// <summary>What tells a file from the published one. Fetched again it would be the same, so it stays.</summary>
    private static async Task<string?> DifferenceAsync(StageContext context, string path, string sha256, CancellationToken cancellation)
    {
        if (!context.Dataset.Checksums.TryGetValue(Path.GetFileName(path), out var published))
            return null;
        var got = published.StartsWith("md5:", StringComparison.Ordinal) ? "md5:" + await FileHash.Md5Async(path, null, cancellation) : "sha256:" + sha256;
        return got == published ? null : $"{path}: got {got}, expected {published} as published (checksum in the configuration). Check the source, or the configuration.";
    }
}
