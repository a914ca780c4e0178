using EmPipeline.Volumes;

namespace EmPipeline.Stages.Ledgers;

/// <summary>
/// The files that a ledger answers for, in a file of their own beside it, by path (ordinal). The ledger holds this record, by which the list is known
/// to be the one that was written with it.
/// </summary>
/// <param name="Name">The list's file, beside the ledger.</param>
/// <param name="Count">How many files it lists.</param>
/// <param name="Bytes">The sum of their lengths.</param>
/// <param name="Sha256">Of the list's own bytes.</param>
public sealed record FileList(string Name, long Count, long Bytes, string Sha256)
{
    /// <summary>Writes a list, sorted, whole or not at all.</summary>
    /// <param name="files">Enumerated twice.</param>
    public static async Task<FileList> WriteAsync(string path, IEnumerable<LedgerFile> files, CancellationToken cancellation)
    {
        var (count, bytes) = (0L, 0L);
        // To sort takes all of them in memory.
        var ordered = AreSorted(files) ? files : files.OrderBy(file => file.Path, StringComparer.Ordinal);
        var (_, sha256) = await JsonLines.WriteAsync(path, Counted().ToAsyncEnumerable(), cancellation);
        return new FileList(Path.GetFileName(path), count, bytes, sha256);

        IEnumerable<LedgerFile> Counted()
        {
            foreach (var file in ordered)
            {
                (count, bytes) = (count + 1, bytes + file.Length);
                yield return file;
            }
        }
    }

    private static bool AreSorted(IEnumerable<LedgerFile> files)
    {
        var last = "";
        return files.All(file => string.CompareOrdinal(last, last = file.Path) <= 0);
    }

    /// <summary>The listed files, in order, read anew at each enumeration.</summary>
    /// <param name="folder">The ledger's folder.</param>
    /// <exception cref="EmException">The list is gone, or is not the one that the ledger was written with.</exception>
    public IEnumerable<LedgerFile> Read(string folder) => JsonLines.Read<LedgerFile>(Path.Combine(folder, Name), Sha256);
}
