namespace EmPipeline.Stages.Tests;

public sealed class DataCleaningTests : IAsyncDisposable
{
    private readonly SmallPipeline _pipeline = new();
    private readonly List<string> _kept = [];

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task What_was_made_goes_and_what_was_fetched_stays_unless_it_is_asked_for()
    {
        await _pipeline.RunAsync();
        DataCleaning.Run(_pipeline.Data, raw: false, _kept.Add).Should().Equal(_pipeline["data/zarr"], _pipeline["data/catalog"], _pipeline["data/state"]);
        Entries().Should().Equal("raw");
        File.Exists(_pipeline.RemoteFile).Should().BeTrue();
        await _pipeline.RunAsync();
        _pipeline.Problems.Should().BeEmpty();
        DataCleaning.Run(_pipeline.Data, raw: true, _kept.Add).Should().Contain(_pipeline["data/raw"]);
        Entries().Should().BeEmpty();
        _kept.Should().BeEmpty();
        DataCleaning.Run(_pipeline.Data, raw: true, _kept.Add).Should().BeEmpty();
    }

    [Fact]
    public async Task What_somebody_else_put_there_stays_and_is_named()
    {
        await _pipeline.RunAsync();
        string[] others = ["zarr/mine.zarr/s0/c/0/0/0", "zarr/mine.zarr/zarr.json", "catalog/notes.txt", "logs/notes.txt", "raw/mine/section_0.tif", "state/of the union/speech.txt"];
        foreach (var other in others)
            _pipeline.Write($"data/{other}", "{}");
        DataCleaning.Run(_pipeline.Data, raw: true, _kept.Add);
        Directory.EnumerateFiles(_pipeline.Data.Root, "*", SearchOption.AllDirectories).Should().BeEquivalentTo(others.Select(other => _pipeline[$"data/{other}"]));
        _kept.Should().HaveCount(5).And.Contain(line => line.StartsWith(_pipeline["data/zarr"]) && line.Contains("mine.zarr"));
    }

    private IEnumerable<string?> Entries() => Directory.Exists(_pipeline.Data.Root) ? Directory.EnumerateFileSystemEntries(_pipeline.Data.Root).Select(Path.GetFileName) : [];
}
