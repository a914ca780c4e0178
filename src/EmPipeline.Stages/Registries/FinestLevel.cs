using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Registries;

/// <summary>Which array of a multiscale group has the most voxels; read from metadata alone.</summary>
internal static class FinestLevel
{
    /// <returns>Its name below the group; null where the address is that of an array.</returns>
    /// <exception cref="EmException">There is no Zarr or N5 array.</exception>
    public static async Task<string?> FindAsync(RegistryClient client, Uri group, CancellationToken cancellation)
    {
        try
        {
            var levels = await FormatRegistry.OpenAsync(new VolumePath(client.Open(group), ""), cancellation: cancellation);
            try
            {
                var name = levels.OrderBy(level => level.Info.Level).First().Info.Name;
                return name.Length == 0 ? null : name;
            }
            finally
            {
                foreach (var level in levels)
                    await level.DisposeAsync();
            }
        }
        catch (StorageException e) when (e.Fault != StorageFault.Machine)
        {
            throw new EmException(Fault.Source, e.Message, e);
        }
    }
}
