using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests;

/// <summary>A reader together with the store it reads from: disposing it disposes both.</summary>
internal sealed class OpenedFixture(IStore store, IVolumeReader reader) : IVolumeReader
{
    public VolumeInfo Info => reader.Info;

    /// <summary>Opens all arrays of a file or folder by its full path.</summary>
    public static async Task<(IStore Store, IReadOnlyList<IVolumeReader> Readers)> OpenAllAsync(string path)
    {
        var store = new LocalStore(Path.GetDirectoryName(path)!);
        return (store, await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(path))));
    }

    /// <summary>Opens the one array of a file or folder by its full path.</summary>
    public static async Task<OpenedFixture> OpenAsync(string path)
    {
        var (store, readers) = await OpenAllAsync(path);
        return new OpenedFixture(store, readers.Should().ContainSingle().Subject);
    }

    public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default) => reader.ReadAsync(box, buffer, cancellation);

    public async Task<byte[]> ReadAllAsync()
    {
        var voxels = new byte[Info.DecodedBytes];
        await ReadAsync(Box.Whole(Info.Shape), voxels);
        return voxels;
    }

    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync();
        await store.DisposeAsync();
    }
}
