using EmPipeline.Storage;

namespace EmPipeline.Stages.Download;

/// <summary>The stores that one Download opens, by folder address, mirrored where there is a mirror.</summary>
internal sealed class SourceStores(StageContext context) : IAsyncDisposable
{
    private readonly Dictionary<Uri, IStore> _open = [];
    private readonly Lazy<MirrorMap> _mirror = new(() => context.Mirror?.Invoke() ?? MirrorMap.None);

    public IStore Open(Uri folder)
    {
        if (!_open.TryGetValue(folder, out var store))
        {
            var source = context.Dataset.Source;
            _open[folder] = store = StoreFactory.Open(folder, _mirror.Value, new StoreOptions
            {
                // A courtesy to the server that is named; a mirror is another server.
                Http = new HttpStoreOptions { MaxRequestsPerSecond = context.Mirror is null ? source.RequestsPerSecond : null },
                S3 = new S3StoreOptions { Region = source.Region },
            });
        }

        return store;
    }

    /// <summary>One object by its full address.</summary>
    /// <param name="key">Where its raw file goes.</param>
    public RemoteFile File(string key, Uri address)
    {
        var (folder, name) = StoreFactory.Split(address);
        return new RemoteFile(key, address.AbsoluteUri, Open(folder), name);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _open.Values)
            await store.DisposeAsync();
    }
}
