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
}
