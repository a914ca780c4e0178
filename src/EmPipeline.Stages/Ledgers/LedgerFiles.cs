namespace EmPipeline.Stages.Ledgers;

/// <summary>Whether the files that a ledger answers for are there.</summary>
public static class LedgerFiles
{
    /// <summary>The full paths of files that are gone or have another length; empty when there is no ledger to ask.</summary>
    public static IReadOnlyList<string> Missing(string ledgerPath, DataFolder data) =>
        Ledger.Read(ledgerPath) is { } ledger ? Missing(ledger, data) : [];

    public static IReadOnlyList<string> Missing(Ledger ledger, DataFolder data) =>
        ledger.Files.Where(file => new FileInfo(data.Locate(file)) is var info && (!info.Exists || info.Length != file.Length)).Select(data.Locate).ToList();
}
