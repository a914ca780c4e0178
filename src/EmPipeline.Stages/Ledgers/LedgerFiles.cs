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

    /// <summary>The files that are gone or have another length. A list that is gone or damaged itself counts as the one missing file.</summary>
    public static MissingFiles Missing(Ledger ledger, DataFolder data)
    {
        var missing = new MissingFiles.Finder();
        try
        {
            // One thread reads the list, all look at files.
            Parallel.ForEach(ledger.ReadFiles().Chunk(Batch), files =>
            {
                foreach (var file in files)
                {
                    var path = data.Locate(file);
                    if (new FileInfo(path) is var info && (!info.Exists || info.Length != file.Length))
                        missing.Add(path);
                }
            });
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is EmException))
        {
            missing.Add(ledger.FilesPath);
        }

        return missing.Result;
    }
}
