using EmPipeline.Catalog;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Torch.Blocks;

/// <summary>One array that blocks are read from. Owns its reader and, where it opened the folder itself, the store below.</summary>
internal sealed record OpenVolume(IVolumeReader Reader, VolumeStatistics Statistics, IAsyncDisposable? Store) : IAsyncDisposable
{
    /// <exception cref="EmException">Nothing is there, or it is not one three-dimensional array.</exception>
    public static async ValueTask<(IVolumeReader Reader, IAsyncDisposable? Store)> OpenZarrAsync(string path, CancellationToken cancellation)
    {
        var store = new LocalStore(path);
        try
        {
            var readers = await ZarrVolumes.OpenAsync(new VolumePath(store, ""), cancellation);
            foreach (var other in readers.Skip(1))
                await other.DisposeAsync();
            if (readers.Count == 0)
                throw EmException.Corrupt(path, "got a folder without an array, expected a Zarr array. Run ./build.sh to make it again.");
            return (readers[0], store);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync();
        if (Store is not null)
            await Store.DisposeAsync();
    }
}
