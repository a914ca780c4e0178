using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Ledgers;

/// <summary>Whether the files that a ledger answers for are there.</summary>
public static class LedgerFiles
{
    // Enough for every thread to have work, few enough to stay in the cache.
    private const int Batch = 256;

    /// <summary>Which files are gone or have another length, in words; null when none.</summary>
    public static string? ReasonToRun(Ledger ledger, DataFolder data) => Missing(ledger, data) switch
    {
        { Count: 0 } => null,
        { Count: 1, First: [var only] } => $"{data.Relative(only)} is missing or has another length",
        var missing => $"{data.Relative(missing.First[0])} and {missing.Count - 1} more files are missing or have another length",
    };

    /// <summary>The files and shards that are gone or have another length. A list or table of them that is gone or damaged itself counts as missing.</summary>
    public static MissingFiles Missing(Ledger ledger, DataFolder data)
    {
        var missing = new MissingFiles.Finder();
        Find(ledger.ReadFiles().Select(file => (data.Locate(file), file.Length)), ledger.FilesPath, missing);
        if (ledger.Attributes is { } attributes && FileLength.Of(ledger.AttributesPath) != attributes.Length)
            missing.Add(ledger.AttributesPath);
        if (ledger.Shards is { } shards)
        {
            var table = Path.Combine(data.Root, shards.Table);
            if (FileLength.Of(table) == shards.Length)
                Find(shards.Files(data).Select(file => (file.Path, file.Length)), table, missing);
            else
                missing.Add(table);
        }

        return missing.Result;
    }

    /// <param name="list">Where <paramref name="files"/> are read from.</param>
    private static void Find(IEnumerable<(string Path, long Length)> files, string list, MissingFiles.Finder missing)
    {
        try
        {
            // One thread reads the list, all look at files.
            Parallel.ForEach(files.Chunk(Batch), batch =>
            {
                foreach (var (path, length) in batch)
                {
                    if (FileLength.Of(path) != length)
                        missing.Add(path);
                }
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is EmException))
        {
            missing.Add(list);
        }
    }
}
