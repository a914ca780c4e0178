using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Tests.Download;

/// <summary>One small volume in every kind of container, served over HTTP (https://x.org) and S3 (bucket), and there as files.</summary>
public sealed class CropSources : IAsyncLifetime
{
    internal static readonly NdIndex Shape = new(12, 40, 48);
    internal static readonly byte[] Voxels = TestVolumes.Make(Shape);
    private static readonly NdIndex Chunk = new(4, 8, 16);
    private readonly TemporaryFolder _folder = new();
    private DemoServer? _server;

    /// <summary>The folder that is https://x.org.</summary>
    internal string Web => _folder["http/x.org"];

    internal MirrorMap Map => _server!.Map;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Web);
        File.WriteAllBytes(Path.Combine(Web, "volume.tif"), TestVolumes.Tiff(Voxels, Shape));
        TestVolumes.WriteSlices(Path.Combine(Web, "slices"), Voxels, Shape);
        TestVolumes.WriteZarrV2(Path.Combine(Web, "v2.zarr"), Voxels, Shape, Chunk);
        TestVolumes.WriteN5(Path.Combine(Web, "volume.n5"), Voxels, Shape, Chunk);
        TestVolumes.WritePrecomputed(Path.Combine(Web, "precomputed"), Voxels, Shape, Chunk);
        await using (var store = new LocalStore(Web))
        {
            await using var source = (await FormatRegistry.OpenAsync(new VolumePath(store, "volume.tif"))).Single();
            await ZarrRechunk.RunAsync(
                source, Box.Whole(Shape), Path.Combine(Web, "v3.zarr"), _folder["zarr.journal"], new RechunkOptions { Shard = NdIndex.Filled(3, 16), Chunk = NdIndex.Filled(3, 8) });
        }

        Directory.CreateDirectory(_folder["s3"]);
        Directory.CreateSymbolicLink(_folder["s3/bucket"], Web);
        _server = await DemoServer.StartAsync(_folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }
}
