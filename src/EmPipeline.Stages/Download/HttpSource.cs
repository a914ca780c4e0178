using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>One file, a run of numbered files, or an array of a Zarr or N5 hierarchy, from a web server.</summary>
internal static class HttpSource
{
    private const int FilesAtATime = 32;

    public static async Task<FetchedVolume> FetchAsync(StageContext context, Fetcher fetcher, SourceStores stores, LockedDataset? locked, CancellationToken cancellation)
    {
        IEnumerable<string> addresses;
        try
        {
            addresses = context.Dataset.Source.Addresses ?? AddressPattern.Expand(context.Dataset.Source.Address);
        }
        catch (FormatException e)
        {
            throw new EmException(Fault.Configuration, $"{context.Dataset.Place}.source.http: {e.Message}.");
        }

        var place = $"{context.Dataset.Place}.source.http";
        // A million of them need not be held to tell their names.
        if (context.Dataset.Source.Addresses is null && context.Dataset.Crop is null && AddressPattern.IsOfNames(context.Dataset.Source.Address))
        {
            var run = addresses.Select(address => new Uri(address)).Select(uri => stores.File(TargetNames.Of(uri), uri));
            var fetched = await fetcher.FetchAsync(run.ToAsyncEnumerable(), FilesAtATime, cancellation);
            return new FetchedVolume(fetched) { Open = fetched.Count == 1 ? fetched.First().Key : "" };
        }

        var uris = addresses.Select(address => new Uri(address)).ToList();
        if (uris is [var only] && SourceConfig.IsHierarchy(only, context.Dataset.Source.Level))
        {
            var root = new Uri(only.AbsoluteUri.TrimEnd('/') + "/");
            return await ChunkSource.FetchAsync(context, fetcher, stores.Open(root), root.AbsoluteUri, locked, cancellation)
                ?? throw EmException.Unsupported(root.AbsoluteUri, "a folder other than a Zarr or N5 array on a web server, which does not list its files,");
        }

        if (uris.FirstOrDefault(uri => uri.AbsolutePath.EndsWith('/')) is { } folder)
            throw new EmException(Fault.Configuration, $"{place}: got the folder {folder.AbsoluteUri}, expected the address of a file, or of files with a run of numbers such as {{0000..0015}}.");
        var files = TargetNames.Of(uris, place).Zip(uris, stores.File).ToList();
        var slices = await SliceCrop.ChooseAsync(context, files, locked, cancellation);
        var objects = await fetcher.FetchAsync((slices?.Files ?? files).ToAsyncEnumerable(), FilesAtATime, cancellation);
        return new FetchedVolume(objects) { Open = files.Count == 1 ? files[0].Key : "", Crop = slices?.Crop };
    }
}
