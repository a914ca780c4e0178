using EmPipeline.Stages.Configuration;
using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Registries;

public sealed class RegistrySourcesTests(RegistryServers servers) : IClassFixture<RegistryServers>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("empiar: 7, files: \"data/cell*/section_*.tif\"", SourceKind.Http, "https://ftp.ebi.ac.uk/empiar/world_availability/7/data/cell%201%20%26%202/section_0.tif")]
    [InlineData("empiar: 7, files: \"data/cell 1 & 2/section_?*.tif\"", SourceKind.Http, "https://ftp.ebi.ac.uk/empiar/world_availability/7/data/cell%201%20%26%202/section_0.tif")]
    [InlineData("idr: 5, files: \"*.tif\"", SourceKind.Http, "https://ftp.ebi.ac.uk/pub/databases/IDR/idr0001-x/vol%20ume.tif")]
    [InlineData("openorganelle: jrc_x, array: fibsem-uint8", SourceKind.S3, "s3://janelia-cosem-datasets/jrc_x/jrc_x.zarr/recon-2/em/fibsem-uint8")]
    [InlineData("openorganelle: jrc_x, array: jrc_x.zarr/recon-2/em/fibsem-uint8, level: s0", SourceKind.S3, "s3://janelia-cosem-datasets/jrc_x/jrc_x.zarr/recon-2/em/fibsem-uint8")]
    [InlineData("openorganelle: jrc_y, array: em/fibsem-uint8", SourceKind.S3, "s3://janelia-cosem-datasets/jrc_y/jrc_y.n5/em/fibsem-uint8")]
    [InlineData("neuroglancer: \"https://tiny.org/short\"", SourceKind.Precomputed, "gs://bucket/image")]
    [InlineData("neuroglancer: \"https://h.org/state.json\", layer: em", SourceKind.Precomputed, "gs://bucket/image")]
    [InlineData("neuroglancer: \"https://neuroglancer.org/#!https://h.org/state.json\"", SourceKind.Precomputed, "gs://bucket/image")]
    [InlineData("neuroglancer: { layers: [ { type: image, name: a, source: { url: \"gs://bucket/image/|neuroglancer-precomputed:\" } } ] }", SourceKind.Precomputed, "gs://bucket/image")]
    [InlineData("neuroglancer: { layers: [ { type: image, name: a, source: [ \"brainmaps://x\", \"zarr://s3://janelia-cosem-datasets/jrc_x/jrc_x.zarr/recon-2/em/fibsem-uint8\" ] } ] }", SourceKind.S3, "s3://janelia-cosem-datasets/jrc_x/jrc_x.zarr/recon-2/em/fibsem-uint8")]
    [InlineData("neuroglancer: \"#!{'layers':[{'type':'image'_'name':'a_b'_'source':'precomputed://gs://bucket/image'}]}\", layer: a_b", SourceKind.Precomputed, "gs://bucket/image")]
    public async Task A_registrys_source_brings_the_voxels_and_its_addresses_land_in_the_lock_file(string source, SourceKind kind, string address)
    {
        var run = new StageRun(_folder, servers.Map);
        await run.RunAsync($"  a: {{ source: {{ {source} }} }}\n");
        (await run.WrittenAsync("a")).Voxels.Should().Equal(RegistryServers.Voxels);
        var resolved = LockFile.Read(_folder["pipeline.lock.json"]).Datasets["a"].Resolved!;
        resolved.Kind.Should().Be(kind);
        resolved.Addresses[0].Should().Be(address);
    }

    [Fact]
    public async Task What_was_resolved_once_is_not_asked_again()
    {
        await using var server = new FileServer();
        const string folder = "ftp.ebi.ac.uk/empiar/world_availability/7/data/";
        server.Files[folder] = "<a href=\"?C=N;O=D\">Name</a><A class=x HREF='volume.tif'>volume.tif</A>"u8.ToArray();
        server.Files[folder + "volume.tif"] = TestVolumes.Tiff(RegistryServers.Voxels, RegistryServers.Shape);
        var run = new StageRun(_folder, new MirrorMap(new Uri(server.Address(""))));
        const string config = "  a: { source: { empiar: 7, files: \"data/*.tif\" } }\n";
        await run.RunAsync(config);
        var asked = server.Sent[folder];
        asked.Should().Be(server.Files[folder].Length, "it is asked once");

        // Another machine with the lock file: the pages may be gone.
        Directory.Delete(_folder["data"], recursive: true);
        server.Files.TryRemove(folder, out _);
        await run.RunAsync(config);
        (await run.WrittenAsync("a")).Voxels.Should().Equal(RegistryServers.Voxels);
        server.Sent[folder].Should().Be(asked);
    }

    [Fact]
    public async Task With_update_lock_the_registry_is_asked_again()
    {
        await using var server = new FileServer();
        const string folder = "ftp.ebi.ac.uk/empiar/world_availability/7/data/";
        server.Files[folder] = "<a href=\"s_0.tif\">s_0.tif</a>"u8.ToArray();
        foreach (var name in (string[])["s_0.tif", "s_1.tif"])
            server.Files[folder + name] = TestVolumes.Tiff(TestVolumes.Make(new NdIndex(1, 8, 8)), new NdIndex(1, 8, 8));
        var map = new MirrorMap(new Uri(server.Address("")));
        const string config = "  a: { source: { empiar: 7, files: \"data/*.tif\" } }\n";
        await new StageRun(_folder, map).RunAsync(config, Stage.Download);
        server.Files[folder] = "<a href=\"s_0.tif\">s_0.tif</a><a href=\"s_1.tif\">s_1.tif</a>"u8.ToArray();
        var run = new StageRun(_folder, map) { UpdateLock = true };
        await run.RunAsync(config, Stage.Download);
        run.Raw("a").Should().Equal("s_0.tif", "s_1.tif");
    }

    [Fact]
    public async Task The_registry_describes_its_own_entry_and_what_it_answered_is_kept_with_address_and_time()
    {
        var run = new StageRun(_folder, servers.Map);
        await run.RunAsync("  a: { source: { empiar: 7, files: \"data/cell*/*.tif\" } }\n", Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        run.Warnings.Should().BeEmpty();
        var result = Ledger.Read(run.Data.LedgerFile("a", Stage.ExtractMetadata))!.ResultAs<MetadataResult>();
        result.Metadata.Should().Contain(row => row.Field == "title" && row.Value == "A title");
        result.Dataset.Source.Should().Be("empiar:7/data/cell*/*.tif");

        var kept = _folder["data/raw/a.registry"];
        Directory.EnumerateFiles(kept).Select(Path.GetFileName).Order(StringComparer.Ordinal).Should().Equal(
            "asked.json", "empiar-entry-7.json", "folder-7_data.html", "folder-7_data_cell%201%20%26%202.html");
        File.ReadAllText(Path.Combine(kept, "empiar-entry-7.json")).Should().Contain("A title");
        using var asked = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(kept, "asked.json")));
        asked.RootElement.GetProperty("empiar-entry-7.json").GetProperty("url").GetString().Should().Be("https://www.ebi.ac.uk/empiar/api/entry/EMPIAR-7/");
        asked.RootElement.GetProperty("empiar-entry-7.json").GetProperty("time").GetDateTimeOffset().Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromHours(1));
    }

    [Theory]
    [InlineData("empiar: 7, files: \"data/*.dm3\"", Fault.Source, "datasets.a.source.files: got 'data/*.dm3', which nothing in https://ftp.ebi.ac.uk/empiar/world_availability/7/ matches")]
    [InlineData("empiar: 8, files: \"data/*.dm3\"", Fault.Source, "https://ftp.ebi.ac.uk/empiar/world_availability/8/data/: got 404 Not Found")]
    [InlineData("idr: 6", Fault.Source, "got the path mnt/elsewhere/volume.tif")]
    [InlineData("idr: 99", Fault.Source, "original_file_paths/99/: got 404 Not Found")]
    [InlineData("idr: 5, files: \"*.png\"", Fault.Configuration, "datasets.a.source.files: got '*.png', which none of 2 file names matches")]
    [InlineData("openorganelle: jrc_x, array: fibsem-int16", Fault.Configuration, "datasets.a.source.array: got 'fibsem-int16', expected one of jrc_x.zarr/recon-2/em/fibsem-uint8, jrc_x.zarr/recon-1/em/fibsem-uint8")]
    [InlineData("openorganelle: jrc_z, array: fibsem-int16", Fault.Source, "s3://janelia-cosem-datasets/jrc_z: got no images there")]
    [InlineData("neuroglancer: \"https://tiny.org/short\", layer: em2", Fault.Configuration, "datasets.a.source.layer: got 'em2', expected one of 'labels' (segmentation), 'em' (image), 'raw' (image)")]
    [InlineData("neuroglancer: \"https://tiny.org/absent\"", Fault.Source, "https://tiny.org/absent: got 404 Not Found")]
    [InlineData("neuroglancer: \"nonsense\"", Fault.Configuration, "datasets.a.source.neuroglancer: got 'nonsense', expected a link")]
    [InlineData("neuroglancer: { layers: [ { type: image, name: a, source: \"brainmaps://x\" } ] }", Fault.Configuration, "what can be read is precomputed, zarr or n5")]
    public async Task What_a_registry_does_not_have_is_named(string source, Fault fault, string message)
    {
        var run = new StageRun(_folder, servers.Map);
        (await run.Invoking(run => run.RunAsync($"  a: {{ source: {{ {source} }} }}\n", Stage.Download)).Should().ThrowAsync<EmException>())
            .Where(e => e.Fault == fault).Which.Message.Should().Contain(message);
    }
}
