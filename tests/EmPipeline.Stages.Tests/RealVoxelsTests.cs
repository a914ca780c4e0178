using System.Text.Json;
using EmPipeline.Formats;
using EmPipeline.Stages.Catalog;
using EmPipeline.Stages.Inspect;
using EmPipeline.Storage;
using EmPipeline.Zarr;

namespace EmPipeline.Stages.Tests;

/// <summary>
/// The main job on voxels that nobody here made: every stage, from files of other software to a Zarr volume whose decoded voxels have
/// the digest that the collection's manifest states. The same layouts are read from disk, over HTTP and from S3.
/// </summary>
public sealed class RealVoxelsTests : IDisposable
{
    private const string Fib25 = "eb39013be79e33ed";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fib25_and_the_five_layouts_keep_their_voxels_from_files()
    {
        Require("realdata/em/fib25_520");
        await RunAsync(Repository.File("tests/data/pipelines/real-voxels.yaml"), mirror: null);
        (await DigestAsync("fib25")).Should().StartWith(Fib25);
        await ShouldHaveAsync("idr", "idr-like/idr_like_tifffile_46x194x280_u8_be.tif");
        await ShouldHaveAsync("idr-imagej", "idr-like/idr_like_imagej_52x187x263_u8_be.tif");
        await ShouldHaveAsync("empiar", "empiar-like/data");
        await ShouldHaveAsync("epfl", "epfl-like/epfl_like_tifffile_24x340x500_u8.tif");
        await ShouldHaveAsync("epfl-itk", "epfl-like/epfl_like_itk_libtiff_6x190x2048_u8.tif");
        await ShouldHaveAsync("nacc", "nacc-like/nacc_like.zarr");
        await ShouldHaveAsync("hemibrain", "hemibrain-like/emdata/jpeg");
        await ShouldHaveAsync("labels", "hemibrain-like/segmentation-u64-unsharded");
        await ShouldStateAsync("empiar", "voxel_size_z_nm", "50");
        await ShouldStateAsync("nacc", "voxel_size_z_nm", "2.96");
        await ShouldStateAsync("idr", "voxel_size_x_nm", "20");
        await ShouldStateAsync("hemibrain", "voxel_size_y_nm", "8");
        await ShouldStateAsync("epfl-itk", "voxel_size_x_nm", "");
    }

    [Fact]
    public async Task The_five_layouts_keep_their_voxels_over_http_and_s3()
    {
        var replicas = Require("replicas");
        // The mirror's tree: a web host, and a bucket.
        Directory.CreateDirectory(_folder["mirror/http"]);
        Directory.CreateDirectory(_folder["mirror/s3"]);
        Directory.CreateSymbolicLink(_folder["mirror/http/replicas.example"], replicas);
        Directory.CreateSymbolicLink(_folder["mirror/s3/replicas"], Path.Combine(replicas, "nacc-like"));
        await using var server = await DemoServer.StartAsync(_folder["mirror"]);
        var config = _folder.Write("pipeline.yaml", """
            version: 1
            datasets:
              idr: { source: { http: "https://replicas.example/idr-like/idr_like_tifffile_46x194x280_u8_be.tif" } }
              empiar: { source: { http: "https://replicas.example/empiar-like/data/F25_test1_3VBSED_slice_{0000..0015}.dm3" } }
              epfl: { source: { http: "https://replicas.example/epfl-like/epfl_like_tifffile_24x340x500_u8.tif" } }
              nacc: { source: { s3: "s3://replicas/nacc_like.zarr/recon-2/em/fibsem-int16", level: s0 } }
              hemibrain: { source: { precomputed: "https://replicas.example/hemibrain-like/emdata/jpeg" } }
            """);
        await RunAsync(config, server.Map);
        await ShouldHaveAsync("idr", "idr-like/idr_like_tifffile_46x194x280_u8_be.tif");
        await ShouldHaveAsync("empiar", "empiar-like/data");
        await ShouldHaveAsync("epfl", "epfl-like/epfl_like_tifffile_24x340x500_u8.tif");
        await ShouldHaveAsync("nacc", "nacc-like/nacc_like.zarr");
        await ShouldHaveAsync("hemibrain", "hemibrain-like/emdata/jpeg");
    }

    private static string Require(string relative)
    {
        var path = Path.Combine(Repository.Root, "..", "shared", relative);
        if (!Path.Exists(path))
            Assert.Skip($"../shared/{relative} is not on this machine");
        return Path.GetFullPath(path);
    }

    private async Task RunAsync(string config, MirrorMap? mirror)
    {
        var token = TestContext.Current.CancellationToken;
        var run = PipelineRun.Open(config, new DataFolder(_folder["data"]), _folder["pipeline.lock.json"]);
        foreach (var dataset in await run.BeginAsync([], token))
        {
            var context = run.Context(dataset.Name) with { Mirror = mirror is null ? null : () => mirror };
            foreach (var stage in Stage.All)
            {
                await run.CheckAsync(dataset.Name, stage, token);
                await run.RunAsync(stage, context, token);
            }
        }

        await CatalogStage.RunAsync(await run.CheckCatalogAsync(token), run.Data, warning => Assert.Fail(warning), token);
    }

    private async Task ShouldHaveAsync(string dataset, string replica)
    {
        var expected = File.ReadLines(Require("replicas/expected.tsv")).Select(line => line.Split('\t')).Single(cells => cells[0] == replica)[1];
        (await DigestAsync(dataset)).Should().StartWith(expected.Split(',')[0], "the finest level of {0} is {1}", dataset, replica);
    }

    private async Task<string> DigestAsync(string dataset)
    {
        await using var store = new LocalStore(new DataFolder(_folder["data"]).Zarr(dataset));
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, "s0"), cancellation: TestContext.Current.CancellationToken);
        return await Inspection.DigestAsync(readers.Single(), TestContext.Current.CancellationToken);
    }

    private async Task ShouldStateAsync(string dataset, string field, string value)
    {
        await using var json = File.OpenRead(_folder["data/catalog/metadata.json"]);
        using var metadata = await JsonDocument.ParseAsync(json);
        metadata.RootElement.ToString().Should().Contain(field);
        var csv = (await File.ReadAllLinesAsync(_folder["data/catalog/metadata.csv"])).Select(line => line.Split(',')).ToList();
        var column = Array.IndexOf(csv[0], field);
        csv.Single(row => row[0] == dataset)[column].Should().Be(value);
    }
}
