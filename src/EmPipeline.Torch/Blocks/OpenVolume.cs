using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Torch.Blocks;

/// <summary>One array that blocks are read from. Owns its reader and, where it opened the folder itself, the store below.</summary>
internal sealed record OpenVolume(IVolumeReader Reader, VolumeStatistics Statistics, IAsyncDisposable? Store) : IAsyncDisposable
{
    /// <summary>Opens arrays by path or address; those of a network share what is said there.</summary>
    public static VolumeOpener Opener(RemoteStores remote) =>
        (array, cancellation) => OpenZarrAsync(array, RemoteStores.IsRemote(array.Path) ? remote.Open(new Uri(array.Path)) : new LocalStore(array.Path), cancellation);

    /// <inheritdoc cref="OpenZarrAsync(StoredArray, IStore, CancellationToken)"/>
    /// <param name="array">A folder of this machine.</param>
    public static ValueTask<(IVolumeReader Reader, IAsyncDisposable? Store)> OpenZarrAsync(StoredArray array, CancellationToken cancellation) =>
        OpenZarrAsync(array, new LocalStore(array.Path), cancellation);

    /// <exception cref="EmException">Nothing is there, or it is not one three-dimensional array.</exception>
    private static async ValueTask<(IVolumeReader Reader, IAsyncDisposable? Store)> OpenZarrAsync(StoredArray array, IStore store, CancellationToken cancellation)
    {
        try
        {
            var readers = await ZarrVolumes.OpenAsync(new VolumePath(store, ""), array.Shards is { } shards ? shards.IsStored : null, cancellation);
            foreach (var other in readers.Skip(1))
                await other.DisposeAsync();
            if (readers.Count == 0)
                throw EmException.Corrupt(array.Path, "got a folder without an array, expected a Zarr array. Run ./build.sh to make it again.");
            return (readers[0], store);
        }
        catch (Exception error)
        {
            await store.DisposeAsync();
            if (error is StorageException refused)
                throw BlockFailures.Of(null, refused);
            throw;
        }
    }

    /// <summary>An array that is not what the catalogue says.</summary>
    /// <param name="expected">Extent and type as the catalogue has them.</param>
    public static EmException Changed(string path, VolumeInfo found, string expected) => EmException.Corrupt(
        path, $"got {found.Shape} {found.Type.Name()}, expected {expected} as in the catalogue, which was made before the volume. Run ./build.sh Catalog.");

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        if (Store is not null)
            await Store.DisposeAsync();
    }
}
