namespace EmPipeline.Build.Tests;

/// <summary>A run does what is out of date and nothing else.</summary>
public sealed class IncrementalTests : IAsyncDisposable
{
    private static readonly string[] EveryStage = ["Download", "Verify", "ExtractMetadata", "Rechunk"];
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_second_run_does_nothing_and_a_comment_changes_nothing()
    {
        Configure("[32, 32, 32]");
        var first = await RunAsync();
        first.ExitCode.Should().Be(0, first.Output);
        first.StagesRun.Should().BeEquivalentTo([.. EveryStage.Select(stage => "a: " + stage), .. EveryStage.Select(stage => "b: " + stage), "(all): Catalog"]);

        var second = await RunAsync();
        second.StagesRun.Should().BeEmpty(second.Output);
        second.Output.Should().Contain("Everything is up to date");

        File.AppendAllText(_folder["pipeline.yaml"], "# a remark\n");
        (await RunAsync()).StagesRun.Should().BeEmpty();
    }

    [Fact]
    public async Task One_datasets_chunk_reruns_its_rechunk_and_the_catalogue_only_and_status_says_why()
    {
        Configure("[32, 32, 32]");
        (await RunAsync()).ExitCode.Should().Be(0);
        Configure("[64, 64, 64]");
        var status = await Graph.RunAsync(["Status", .. Places()]);
        status.Output.Should().Contain("chunk changed: was [32,32,32], is [64,64,64]");
        var rerun = await RunAsync();
        rerun.ExitCode.Should().Be(0, rerun.Output);
        rerun.StagesRun.Should().Equal("(all): Catalog", "a: Rechunk");
        (await Graph.RunAsync(["Status", .. Places()])).Output.Should().NotContain("to do");
    }

    [Fact]
    public async Task A_deleted_raw_file_comes_back_alone()
    {
        Configure("[32, 32, 32]");
        (await RunAsync()).ExitCode.Should().Be(0);
        _server.Sent.Clear();
        File.Delete(_folder["data/raw/b/section_1.tif"]);
        var rerun = await RunAsync();
        rerun.ExitCode.Should().Be(0, rerun.Output);
        rerun.StagesRun.Should().Equal("b: Download");
        _server.Sent.Keys.Should().Equal("section_1.tif");
        (await RunAsync()).StagesRun.Should().BeEmpty();
    }

    [Fact]
    public async Task A_deleted_shard_is_made_again_and_the_others_are_kept()
    {
        Configure("[32, 32, 32]");
        (await RunAsync()).ExitCode.Should().Be(0);
        var shards = Directory.GetFiles(_folder["data/zarr/a.zarr/s0/c"], "*", SearchOption.AllDirectories).Order().ToList();
        shards.Should().HaveCountGreaterThan(1);
        var before = shards.ToDictionary(path => path, path => (File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path)));
        File.Delete(shards[0]);
        var rerun = await RunAsync();
        rerun.StagesRun.Should().Contain("a: Rechunk").And.NotContain("a: Download");
        rerun.ExitCode.Should().Be(0, rerun.Output);
        File.ReadAllBytes(shards[0]).Should().Equal(before[shards[0]].Item1);
        foreach (var kept in shards.Skip(1))
            File.GetLastWriteTimeUtc(kept).Should().Be(before[kept].Item2);
    }

    [Fact]
    public async Task A_deleted_catalogue_is_rebuilt_from_the_ledgers()
    {
        Configure("[32, 32, 32]");
        (await RunAsync()).ExitCode.Should().Be(0);
        var csv = File.ReadAllBytes(_folder["data/catalog/metadata.csv"]);
        Directory.Delete(_folder["data/catalog"], recursive: true);
        (await RunAsync()).StagesRun.Should().Equal("(all): Catalog");
        File.ReadAllBytes(_folder["data/catalog/metadata.csv"]).Should().Equal(csv);
    }

    [Fact]
    public async Task A_killed_download_goes_on_where_it_stopped()
    {
        if (Graph.InterruptIsIgnored)
            Assert.Skip("what started the tests ignores Ctrl-C (nohup, or a script's &), and so do they");
        // Beyond the first 16 MiB the server holds its answers back until the run has been interrupted.
        var volume = TiffVolume.Make(pages: 10, rows: 1024, columns: 4096);
        _server.Files["big.tif"] = volume;
        _folder.Write("pipeline.yaml", $"version: 1\ndatasets:\n  big:\n    source: {{ http: '{_server.Address("big.tif")}' }}\n");
        var held = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _server.Gate = async (_, offset) =>
        {
            if (offset < 16 << 20)
                return;
            held.TrySetResult();
            await release.Task;
        };
        var run = Graph.Start(["Download", .. Places()]);
        await held.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await Task.WhenAny(Task.Run(() => SpinWait.SpinUntil(() => _server.Sent.GetValueOrDefault("big.tif") >= 16 << 20, TimeSpan.FromSeconds(30))));
        Graph.Interrupt(run);
        var stopped = await Graph.FinishAsync(run);
        stopped.ExitCode.Should().NotBe(0);
        File.Exists(_folder["data/raw/big/big.tif"]).Should().BeFalse("half a file has no place there");

        release.SetResult();
        _server.Gate = null;
        _server.Sent.Clear();
        var resumed = await Graph.RunAsync(["Download", .. Places()]);
        resumed.ExitCode.Should().Be(0, resumed.Output);
        File.ReadAllBytes(_folder["data/raw/big/big.tif"]).AsSpan().SequenceEqual(volume).Should().BeTrue();
        _server.Sent["big.tif"].Should().BeLessThan(volume.Length, "what came before the interruption is kept");
    }

    private Task<Graph.Result> RunAsync() => Graph.RunAsync(["Catalog", .. Places()]);

    private string[] Places() => ["--config", _folder["pipeline.yaml"], "--data", _folder["data"]];

    /// <summary>Dataset a is a file used in place, b two sections from a server.</summary>
    private void Configure(string chunkOfA)
    {
        if (!File.Exists(_folder["a.tif"]))
        {
            File.WriteAllBytes(_folder["a.tif"], TiffVolume.Make(140, 130, 40));
            for (var i = 0; i < 2; i++)
                _server.Files[$"section_{i}.tif"] = TiffVolume.Make(1, 50, 60, seed: i);
        }

        _folder.Write("pipeline.yaml", $$"""
            version: 1
            datasets:
              a: { source: { file: a.tif }, chunk: {{chunkOfA}} }
              b: { source: { http: "{{_server.Address("section_{0..1}.tif")}}" } }

            """);
    }
}
