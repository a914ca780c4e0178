using System.Security.Cryptography;
using System.Text;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

/// <summary>
/// Copies of catalogues of a network, each version in a folder of its own that is never changed: whoever has one open keeps it, however many processes
/// share the cache. Views and tables all lie in the database, so that is what is copied.
/// </summary>
internal static class CatalogCopy
{
    // One that was opened since then may be in use: the database is opened for each question anew.
    private static readonly TimeSpan InUse = TimeSpan.FromDays(1);

    /// <returns>A local folder with the catalogue as it is now.</returns>
    /// <exception cref="EmException">There is none.</exception>
    /// <exception cref="StorageException">It cannot be fetched or kept.</exception>
    public static async Task<string> MakeAsync(Uri address, RemoteOptions options, CancellationToken cancellation)
    {
        await using var store = StoreFactory.Open(address, options: options.Stores);
        var place = store.Locate(CatalogBuilder.DatabaseName);
        if (await store.FindAsync(CatalogBuilder.DatabaseName, cancellation) is not { } found)
            throw EmException.Unavailable(place, "got no such file, expected a catalogue. Check the address: it is that of the catalogue's folder.");
        var copies = Path.Combine(options.Folder, "catalogues");
        var folder = Path.Combine(copies, Name($"{place}\n{found.ETag ?? found.Modified?.ToString("O")}\n{found.Length}"));
        var file = Path.Combine(folder, CatalogBuilder.DatabaseName);

        // Without a version it may be another one each time.
        var isTold = found.ETag is not null || found.Modified is not null;
        using (var turn = await ExclusiveFile.AcquireAsync(Path.Combine(copies, $".{Path.GetFileName(folder)}.lock"), cancellation, leaveNothing: true))
        {
            if (!isTold || !File.Exists(file) || new FileInfo(file).Length != found.Length)
                await FetchAsync(store, file, found, cancellation);
        }

        Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow);
        Trim(copies, options.CatalogBytes);
        return folder;
    }

    private static async Task FetchAsync(IStore store, string file, StoredObject found, CancellationToken cancellation)
    {
        using var downloader = new Downloader();
        await foreach (var _ in downloader.DownloadAllAsync([new DownloadItem(store, found.Key, file, ExpectedFile.From(found))], cancellation: cancellation))
        {
        }
    }

    private static void Trim(string copies, long limit)
    {
        var total = 0L;
        foreach (var copy in new DirectoryInfo(copies).GetDirectories().OrderByDescending(copy => copy.LastWriteTimeUtc))
        {
            try
            {
                total += copy.EnumerateFiles().Sum(file => file.Length);
                if (total > limit && DateTime.UtcNow - copy.LastWriteTimeUtc > InUse)
                    copy.Delete(recursive: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another process removes it, or has it open where that forbids it.
            }
        }
    }

    private static string Name(string version) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version)))[..32];
}
