namespace EmPipeline.Build.Tests;

/// <summary>Content decides what a run does, through MSBuild as a user runs it; the table of all changes is in the tests of the stages.</summary>
public sealed class ContentDecidesTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();

    public ContentDecidesTests()
    {
        _server.Files["volume.tif"] = TiffVolume.Make(4, 40, 50);
        Directory.CreateDirectory(_folder["scans"]);
        WriteSection(0);
        WriteSection(1);
        Configure();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Update_lock_asks_the_source_again_and_takes_what_changed()
    {
        await RunAsync("Catalog");
        (await RunAsync("Catalog", "--update-lock")).StagesRun.Should().Equal("local: Download", "remote: Download");
        _server.Files["volume.tif"] = TiffVolume.Make(4, 40, 50, seed: 2);
        (await RunAsync("Catalog")).StagesRun.Should().BeEmpty("the lock file holds it to what was fetched");
        (await RunAsync("Catalog", "--update-lock")).StagesRun.Should().Contain(["remote: Download", "remote: Verify", "remote: Rechunk", "(all): Catalog"]);
        File.ReadAllBytes(_folder["data/raw/remote/volume.tif"]).Should().Equal(_server.Files["volume.tif"]);
    }

    [Fact]
    public async Task A_new_file_in_a_local_source_is_seen_whatever_the_clocks_say()
    {
        await RunAsync("Catalog");
        WriteSection(2);
        File.SetLastWriteTimeUtc(_folder["scans/section_2.tif"], new DateTime(1999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        foreach (var ledger in Directory.GetFiles(_folder["data/state"], "*.ledger.json", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(ledger, new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        (await RunAsync("Status")).Output.Should().Contain("to do: files changed: was \"2 files");
        (await RunAsync("Catalog")).StagesRun.Should().Equal("(all): Catalog", "local: Download", "local: ExtractMetadata", "local: Rechunk", "local: Verify");
        (await RunAsync("Catalog")).StagesRun.Should().BeEmpty();
    }

    [Fact]
    public async Task Verify_reads_back_raw_files_and_shards_and_what_it_finds_is_made_again()
    {
        await RunAsync("Catalog");
        var verified = await RunAsync("Verify");
        verified.StagesRun.Should().Equal("local: Verify", "local: VerifyWritten", "remote: Verify", "remote: VerifyWritten");
        (await RunAsync("Catalog")).StagesRun.Should().BeEmpty();

        var shard = _folder["data/zarr/local.zarr/s0/c/0/0/0"];
        var whole = File.ReadAllBytes(shard);
        Flip(shard);
        Flip(_folder["data/raw/remote/volume.tif"]);
        (await RunAsync("Catalog")).StagesRun.Should().BeEmpty();
        var found = await Graph.RunAsync(["Verify", .. Places()]);
        found.ExitCode.Should().NotBe(0);
        found.Output.Should().Contain($"{shard}: got CRC-32C").And.Contain("volume.tif: got sha256").And.NotContain("   at ");
        (await RunAsync("Catalog")).StagesRun.Should().Equal("local: Rechunk", "remote: Download");
        File.ReadAllBytes(shard).Should().Equal(whole);
        await RunAsync("Verify");
    }

    [Fact]
    public async Task A_wrong_configuration_is_refused_before_anything_is_fetched()
    {
        _folder.Write("pipeline.yaml", $"version: 1\ndatasets:\n  a:\n    source: {{ http: '{_server.Address("volume.tif")}' }}\n    codec: zstd:99\n    facts: {{ organsim: Mus }}\n    shard: [127, 127, 127]\n");
        var run = await Graph.RunAsync(["Catalog", .. Places()]);
        run.ExitCode.Should().NotBe(0);
        foreach (var line in new[] { "5: datasets.a.codec: got", "6: datasets.a.facts.organsim: got", "7: datasets.a.shard: got" })
            run.Output.Should().Contain($"{_folder["pipeline.yaml"]}:{line}");
        _server.Sent.Should().BeEmpty();
    }

    private async Task<Graph.Result> RunAsync(string target, params string[] more)
    {
        var run = await Graph.RunAsync([target, .. Places(), .. more]);
        run.ExitCode.Should().Be(0, run.Output);
        return run;
    }

    private string[] Places() => ["--config", _folder["pipeline.yaml"], "--data", _folder["data"]];

    private void WriteSection(int section) => File.WriteAllBytes(_folder[$"scans/section_{section}.tif"], TiffVolume.Make(1, 40, 50, seed: section));

    private void Configure() => _folder.Write("pipeline.yaml", $$"""
        version: 1
        datasets:
          local: { source: { file: "scans/section_*.tif" } }
          remote: { source: { http: "{{_server.Address("volume.tif")}}" } }

        """);

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
