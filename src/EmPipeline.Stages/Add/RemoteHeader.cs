using EmPipeline.Formats;
using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Registries;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Add;

/// <summary>What the header of a source's first file, or an array's metadata, says: read over the network by range, without voxels.</summary>
internal static class RemoteHeader
{
    // A TIFF of a thousand pages has a thousand headers; that is for Download.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>The finest volume; null, and why, when it cannot be told.</returns>
    public static async Task<(VolumeInfo? Info, string? Problem)> ReadAsync(RegistryClient client, ResolvedSource source, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var address = source.Addresses[0];
        try
        {
            var isFile = source is { Kind: SourceKind.Http, Level: null };
            var (folder, key) = isFile ? StoreFactory.Split(new Uri(address)) : (new Uri(address.TrimEnd('/') + "/"), source.Kind == SourceKind.Precomputed ? "" : source.Level ?? "");
            var levels = await FormatRegistry.OpenAsync(new VolumePath(client.Open(folder), key), cancellation: limit.Token);
            try
            {
                var level = levels.FirstOrDefault(level => source.Kind == SourceKind.Precomputed && level.Info.Name == source.Level) ?? levels[0];
                return (ZyxView.Of(level, new Dictionary<char, long>()).Info, null);
            }
            finally
            {
                foreach (var level in levels)
                    await level.DisposeAsync();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"{address}: its header was not read within {Patience.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is EmException or StorageException { Fault: not StorageFault.Machine } or InvalidDataException or EndOfStreamException)
        {
            return (null, e.Message);
        }
    }
}
