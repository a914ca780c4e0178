namespace EmPipeline.Storage.Tests;

/// <summary>One object through the path that many take.</summary>
internal static class SingleDownload
{
    public static async Task<DownloadedFile> DownloadAsync(
        this Downloader downloader, IStore store, string key, string target, ExpectedFile? expected = null, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        (await downloader.DownloadAllAsync([new DownloadItem(store, key, target, expected)], progress: progress, cancellation: cancellation).ToListAsync(CancellationToken.None)).Single().File!;
}
