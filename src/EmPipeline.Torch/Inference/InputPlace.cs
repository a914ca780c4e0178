using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Torch.Inference;

/// <summary>What an array's group says of it: an array by itself states neither voxel size nor place.</summary>
/// <param name="Centre">The centre of its first voxel, nm, from that of the finest level's; null where nothing states it.</param>
internal sealed record InputPlace(VoxelSize VoxelSize, (double Z, double Y, double X)? Centre)
{
    /// <param name="array">A level's folder, within the folder of its group if it has one.</param>
    public static async Task<InputPlace> OfAsync(string array, CancellationToken cancellation)
    {
        var (folder, name) = (Path.GetDirectoryName(array)!, Path.GetFileName(array));
        if (!File.Exists(Path.Combine(folder, "zarr.json")))
            return new InputPlace(VoxelSize.Unknown, null);
        await using var store = new LocalStore(folder);
        var readers = await ZarrVolumes.OpenAsync(new VolumePath(store, ""), cancellation);
        try
        {
            var (finest, own) = (Of("s0"), Of(name));
            var centre = own?.Centre is var (z, y, x) && finest?.Centre is var (z0, y0, x0) ? (z - z0, y - y0, x - x0) : name == "s0" ? (0, 0, 0) : ((double, double, double)?)null;
            return new InputPlace(own?.VoxelSize ?? VoxelSize.Unknown, centre);
        }
        finally
        {
            foreach (var reader in readers)
                await reader.DisposeAsync();
        }

        VolumeInfo? Of(string level) => readers.FirstOrDefault(reader => reader.Info.Name == level)?.Info;
    }
}
