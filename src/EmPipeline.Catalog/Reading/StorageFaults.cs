using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Reading;

internal static class StorageFaults
{
    /// <summary>The same error in this library's terms.</summary>
    public static EmException ToEmException(this StorageException error) => new(
        error.Fault switch
        {
            StorageFault.Content => Fault.Corrupt,
            StorageFault.Address => Fault.Configuration,
            StorageFault.Machine => Fault.Machine,
            _ => Fault.Source,
        },
        error.Message,
        error);
}
