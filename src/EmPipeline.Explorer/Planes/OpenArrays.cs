using EmPipeline.Explorer.Catalogue;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Explorer.Planes;

/// <summary>The arrays last looked at, kept open. Safe for concurrent use.</summary>
/// <param name="data">The data folder.</param>
internal sealed class OpenArrays(string data) : IAsyncDisposable
{
    private const int Most = 32;
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Key, Task<OpenArray> Array)> _recent = [];

    /// <summary>Reads the voxels of a box: C order, little-endian.</summary>
    /// <exception cref="EmException">The array is not what the catalogue says, or cannot be read.</exception>
    public async ValueTask ReadAsync(LayerLevel level, string version, Box box, Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            var array = await Get(level, version);
            if (!array.TryUse())
                continue;
            try
            {
                await array.Reader.ReadAsync(box, buffer, cancellation);
                return;
            }
            finally
            {
                await array.LeaveAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, array) in _recent)
            await CloseAsync(array);
        _recent.Clear();
    }

    private Task<OpenArray> Get(LayerLevel level, string version)
    {
        var key = $"{version}/{level.Path}";
        lock (_lock)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Key != key)
                    continue;
                _recent.Remove(node);
                // What could not be opened is tried again.
                if (node.Value.Array.IsFaulted || node.Value.Array.IsCanceled)
                    break;
                _recent.AddFirst(node);
                return node.Value.Array;
            }

            var opened = Task.Run(() => OpenAsync(level));
            _recent.AddFirst((key, opened));
            if (_recent.Count > Most)
            {
                _ = CloseAsync(_recent.Last!.Value.Array);
                _recent.RemoveLast();
            }

            return opened;
        }
    }

    private async Task<OpenArray> OpenAsync(LayerLevel level)
    {
        var path = Path.GetFullPath(Path.Combine(data, level.Path));
        if (!RealPath.IsWithin(path, data))
            throw EmException.Corrupt(Path.Combine(data, "catalog"), $"got a volume at '{level.Path}', expected its path within the data folder. Run ./build.sh Catalog.");
        var shards = await level.ReadShardsAsync(CancellationToken.None);
        // Counted, and so never mapped: pages of a mapping would count as this program's memory.
        var store = new LocalStore(path);
        try
        {
            var readers = await ZarrVolumes.OpenAsync(new VolumePath(new CountingStore(store), ""), shards is null ? null : shards.IsStored, CancellationToken.None);
            if (readers is [{ Info: var info } reader] && info.Shape == level.Shape && info.Type == level.Type)
                return new OpenArray(reader, store);
            throw EmException.Corrupt(path, $"got {(readers.Count == 1 ? $"{readers[0].Info.Shape} {readers[0].Info.Type.Name()}" : $"{readers.Count} arrays")}, expected {level.Shape} {level.Type.Name()} as in the catalogue. Run ./build.sh Catalog.");
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    private static async Task CloseAsync(Task<OpenArray> opening)
    {
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully)
            await opening.Result.LeaveAsync();
    }
}
