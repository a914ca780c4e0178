using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Download;

/// <summary>Chunks that a source does not have are fill values, and said to be.</summary>
public sealed class AbsentChunksTests : IAsyncDisposable
{
    private static readonly NdIndex Shape = new(8, 16, 32);
    private static readonly NdIndex Chunk = new(4, 8, 16);
    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Some_are_counted()
    {
        Serve(name => !name.EndsWith("1/1/1", StringComparison.Ordinal));
        var outcome = await FetchAsync($"http: \"{_server.Address("v2.zarr")}\", level: em/s0");
        outcome.Summary.Should().EndWith("1 of 8 chunks are not there and hold fill values");
        outcome.Warnings.Should().BeEmpty();
    }

    [Fact]
    public async Task All_are_a_warning()
    {
        Serve(name => Path.GetFileName(name)[0] == '.');
        var outcome = await FetchAsync($"http: \"{_server.Address("v2.zarr")}\", level: em/s0");
        outcome.Warnings.Should().ContainSingle().Which.Should().Contain("got none of 8 chunks");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_precomputed_volume_says_the_same(bool sharded)
    {
        TestVolumes.WritePrecomputed(_folder["source"], TestVolumes.Make(Shape), Shape, Chunk, sharded: sharded);
        (await FetchAsync($"precomputed: \"{new Uri(_folder["source"]).AbsoluteUri}\"")).Summary.Should().NotContain("chunks");
        if (sharded)
            return;
        File.Delete(_folder["source/8_8_8/16-32_8-16_4-8"]);
        Directory.Delete(_folder["data"], recursive: true);
        File.Delete(_folder["pipeline.lock.json"]);
        (await FetchAsync($"precomputed: \"{new Uri(_folder["source"]).AbsoluteUri}\"")).Summary.Should().EndWith("1 of 8 chunks are not there and hold fill values");
    }

    private void Serve(Func<string, bool> has)
    {
        TestVolumes.WriteZarrV2(_folder["v2.zarr"], TestVolumes.Make(Shape), Shape, Chunk);
        foreach (var path in Directory.EnumerateFiles(_folder["v2.zarr"], "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(_folder.Path, path).Replace('\\', '/');
            if (has(name))
                _server.Files[name] = File.ReadAllBytes(path);
        }
    }

    private async Task<(string Summary, IReadOnlyList<string> Warnings)> FetchAsync(string source)
    {
        var run = new StageRun(_folder);
        await run.RunAsync($"  mine: {{ source: {{ {source} }} }}\n", Stage.Download);
        return (run.Outcome!.Summary, run.Warnings);
    }
}
