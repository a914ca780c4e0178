using EmPipeline.Formats;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Tests;

/// <summary>What tests of a format do over and over with a store in memory.</summary>
internal static class Opening
{
    /// <summary>A file in a store of its own.</summary>
    public static VolumePath InMemory(string key, byte[] bytes) => new(new MemoryStore(key, bytes), key);

    public static async Task<IVolumeReader> OneAsync(this MemoryStore store, string key = "") =>
        (await FormatRegistry.OpenAsync(new VolumePath(store, key))).Should().ContainSingle().Subject;

    /// <summary>What is known of every array at the path, in the order in which they come.</summary>
    public static async Task<IReadOnlyList<VolumeInfo>> InfosAsync(this MemoryStore store, string key = "") =>
        [.. (await FormatRegistry.OpenAsync(new VolumePath(store, key))).Select(reader => reader.Info)];

    public static async Task<byte[]> ReadAllAsync(this IVolumeReader reader)
    {
        var voxels = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
        return voxels;
    }

    /// <summary>The error that opening, or else reading all voxels of every array, ends with.</summary>
    public static async Task<EmException> ErrorAsync(this MemoryStore store, string key = "", string? format = null)
    {
        var read = async () =>
        {
            foreach (var reader in await FormatRegistry.OpenAsync(new VolumePath(store, key), format))
                await reader.ReadAllAsync();
        };
        return (await read.Should().ThrowAsync<EmException>()).Which;
    }
}
