namespace EmPipeline.Build.Tests;

/// <summary>Add through the graph, as a user calls it.</summary>
public sealed class AddTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_shows_what_there_is_and_writes_it_below_the_others(bool dryRun)
    {
        _server.Files["vol/info"] = """
            { "type": "image", "data_type": "uint8", "num_channels": 1,
              "scales": [ { "key": "8_8_8", "size": [50000, 40000, 30000], "resolution": [8, 8, 8], "chunk_sizes": [[64, 64, 64]], "encoding": "raw" } ] }
            """u8.ToArray();
        const string before = "version: 1   # ours\ndatasets:\n  a: { source: { file: a.tif } }\n";
        var file = _folder.Write("pipeline.yaml", before);
        var state = $$"""{"layers":[{"type":"image","name":"em; 50% $(x)","source":"precomputed://{{_server.Address("vol")}}"}]}""";
        var run = await Graph.RunAsync(["Add", "--source", state, "--name", "b", "--config", file, .. dryRun ? (string[])["--dry-run"] : []]);
        run.ExitCode.Should().Be(0, run.Output);
        run.Output.Should().Contain("60 TB uncompressed").And.Contain("8 × 8 × 8 nm").And.Contain("  b:\n");
        if (dryRun)
            File.ReadAllText(file).Should().Be(before);
        else
            File.ReadAllText(file).Should().StartWith(before + "\n  b:\n    source: { neuroglancer: ").And.EndWith("layer: \"em; 50% $(x)\" }\n    crop: { shape: [1000, 1000, 1000], origin: random, seed: 1, tissue: 0.9 }\n");
    }

    [Theory]
    [InlineData("", "--source: got nothing, expected an entry of a registry")]
    [InlineData("emdb:5", "--source: got 'emdb:5', expected empiar:10311")]
    public async Task Without_an_entry_it_says_what_one_is(string source, string message)
    {
        var run = await Graph.RunAsync(["Add", "--config", _folder.Write("pipeline.yaml", "version: 1\ndatasets:\n  a: { source: { file: a.tif } }\n"), .. source.Length > 0 ? (string[])["--source", source] : []]);
        run.ExitCode.Should().NotBe(0);
        run.Output.Should().Contain(message).And.NotContain("   at ");
    }
}
