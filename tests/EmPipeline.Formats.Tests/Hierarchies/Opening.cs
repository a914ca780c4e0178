using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Hierarchies;

internal static class Opening
{
    public static async Task<IVolumeReader> OneAsync(this FolderInMemory store, string key = "") =>
        (await FormatRegistry.OpenAsync(store.At(key))).Should().ContainSingle().Subject;

    /// <summary>What is known of every array at the path, in the order in which they come.</summary>
    public static async Task<IReadOnlyList<VolumeInfo>> InfosAsync(this FolderInMemory store, string key = "") =>
        [.. (await FormatRegistry.OpenAsync(store.At(key))).Select(reader => reader.Info)];

    public static async Task<byte[]> ReadAllAsync(this IVolumeReader reader)
    {
        var voxels = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
        return voxels;
    }

    /// <summary>The error that opening, or else reading all voxels of every array, ends with.</summary>
    public static async Task<EmException> ErrorAsync(this FolderInMemory store, string key = "", string? format = null)
    {
        var read = async () =>
        {
            foreach (var reader in await FormatRegistry.OpenAsync(store.At(key), format))
                await reader.ReadAllAsync();
        };
        return (await read.Should().ThrowAsync<EmException>()).Which;
    }
}
