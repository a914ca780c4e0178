using System.Runtime.CompilerServices;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Download;

/// <summary>An array of a Zarr or N5 hierarchy in a bucket, with the metadata of the groups above it.</summary>
internal static class S3Source
{
    private const int ObjectsAtATime = 32;

    // What states axes, scales and units; each is fetched where it exists.
    private static readonly string[] GroupMetadata = [".zgroup", ".zattrs", ".zmetadata", "zarr.json", "attributes.json"];

    public static async Task<FetchedVolume> FetchAsync(
        StageContext context, Fetcher fetcher, SourceStores stores, LockedDataset? locked, CancellationToken cancellation)
    {
        var source = context.Dataset.Source;
        var address = source.Address.TrimEnd('/') + "/";
        var store = stores.Open(new Uri(address));
        // An earlier version locked whole arrays where a crop was asked for.
        var isLocked = locked is not null && !context.UpdateLock && (!context.Dataset.IsCropped || locked.Crop is not null);
        if (isLocked)
            return await FetchLockedAsync(context, fetcher, store, locked!, cancellation);
        if (context.Dataset.IsCropped && await ChunkSource.FetchAsync(context, fetcher, store, address, locked, cancellation) is { } chunks)
            return chunks;
        var files = ListAsync(store, address, source.Level, cancellation);
        SliceCrop? slices = null;
        if (context.Dataset.Crop is not null)
        {
            var all = await files.ToListAsync(cancellation);
            slices = await SliceCrop.ChooseAsync(context, all, locked, cancellation);
            files = (slices?.Files ?? all).ToAsyncEnumerable();
        }

        var objects = await fetcher.FetchAsync(files, ObjectsAtATime, cancellation);
        return new FetchedVolume(objects) { Open = source.Level ?? "", Crop = slices?.Crop };
    }

    private static async Task<FetchedVolume> FetchLockedAsync(StageContext context, Fetcher fetcher, IStore store, LockedDataset locked, CancellationToken cancellation)
    {
        var files = locked.Objects.Where(entry => !entry.Key.StartsWith("../", StringComparison.Ordinal)).Select(entry => new RemoteFile(entry.Key, entry.Url, store, entry.Key));
        var objects = await fetcher.FetchAsync(files.ToAsyncEnumerable(), ObjectsAtATime, cancellation);
        return new FetchedVolume(objects) { Open = context.Dataset.Source.Level ?? "", Crop = locked.Crop };
    }

    private static async IAsyncEnumerable<RemoteFile> ListAsync(IStore store, string address, string? level, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var any = false;
        await foreach (var found in store.ListAsync(level is null ? "" : level + "/", cancellation))
        {
            any = true;
            yield return File(found);
        }

        if (!any)
            throw EmException.Unavailable(address + level, "got no objects, expected an array. Check address and level in the configuration.");
        foreach (var name in level is null ? [] : GroupMetadata)
        {
            if (await store.FindAsync(name, cancellation) is { } found)
                yield return File(found);
        }

        RemoteFile File(StoredObject found) => new(found.Key, address + found.Key, store, found.Key, ExpectedFile.From(found));
    }
}
