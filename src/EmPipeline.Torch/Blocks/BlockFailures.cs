using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Blocks;

/// <summary>What a failure to read voxels means to a user.</summary>
internal static class BlockFailures
{
    /// <param name="what">What was to be read, to stand before the message; null for nothing.</param>
    /// <param name="error">Of the disk or the network.</param>
    public static EmException Of(string? what, Exception error)
    {
        var fault = (error as StorageException)?.Fault switch
        {
            StorageFault.Source or StorageFault.Absent => Fault.Source,
            StorageFault.Content => Fault.Corrupt,
            StorageFault.Address => Fault.Configuration,
            _ => Fault.Machine,
        };
        return new EmException(fault, what is null ? error.Message : $"{what}: {error.Message}", error);
    }
}
