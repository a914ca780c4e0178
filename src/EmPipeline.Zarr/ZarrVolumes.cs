using EmPipeline.Volumes;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr;

/// <summary>Opens what <see cref="ZarrRechunk"/> writes, and any other Zarr v3 array or group.</summary>
public static class ZarrVolumes
{
    /// <summary>Opens every array at the path, finest level first; the caller disposes the readers, which do not own the path's store.</summary>
    /// <exception cref="EmException">Nothing is there, or its content is corrupt or unsupported.</exception>
    public static ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, CancellationToken cancellation = default) =>
        ZarrHierarchy.OpenAsync(path, more: null, cancellation);

    /// <summary>As above, of one array whose shards are known: one that is not there though it should be is an error, and not fill values.</summary>
    /// <param name="expected">
    /// Whether the shard (without sharding, the chunk) at a position, z, y, x, of the array's grid was written; null: nothing is known. Asked where
    /// there is none, from any thread.
    /// </param>
    /// <exception cref="EmException">As above. Reading fails with <see cref="Fault.Corrupt"/>, and the shard's path or address, where one is missing.</exception>
    public static ValueTask<IReadOnlyList<IVolumeReader>> OpenAsync(VolumePath path, Func<NdIndex, bool>? expected, CancellationToken cancellation = default) =>
        ZarrHierarchy.OpenAsync(path, more: null, cancellation, expected);
}
