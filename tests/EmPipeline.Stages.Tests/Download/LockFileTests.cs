using EmPipeline.Stages.Download;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Download;

/// <summary>People edit and merge the lock file: what is no longer one is named, and nothing is done by half of it.</summary>
public sealed class LockFileTests : IDisposable
{
    private const string Entry = """{ "key": "a.tif", "url": "https://x.org/a.tif", "length": 3, "sha256": "00" }""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<<<<<<< HEAD\n{ }")]
    [InlineData("""{ "version": 2, "datasets": {} }""")]
    [InlineData("""{ "datasets": null }""")]
    [InlineData("""{ "datasets": { "mine": null } }""")]
    [InlineData("""{ "datasets": { "mine": { "source": "s" } } }""")]
    [InlineData("""{ "datasets": { "mine": { "source": "s", "objects": null } } }""")]
    [InlineData("""{ "datasets": { "mine": { "source": "s", "objects": [ null ] } } }""")]
    [InlineData("""{ "datasets": { "mine": { "source": "s", "objects": [ { "key": "a.tif", "length": 3 } ] } } }""")]
    [InlineData("""{ "datasets": { "mine": { "source": "s", "objects": [ ENTRY, ENTRY ] } } }""")]
    [InlineData("""{ "datasets": { "mine": { "source": "s", "objects": [], "crop": { "origin": [1, 2], "shape": [1, 2, 3] } } } }""")]
    [InlineData("""{ "datasets": { "mine": { "source": "s", "objects": [], "crop": { "origin": [1, 2, 3], "shape": [1, 2, 0] } } } }""")]
    [InlineData("""{ "datasets": { "mine": { "source": "s", "objects": [], "crop": { "shape": [1, 2, 3] } } } }""")]
    public void What_is_no_lock_file_is_an_error_of_the_configuration(string text)
    {
        var path = _folder.Write("pipeline.lock.json", text.Replace("ENTRY", Entry, StringComparison.Ordinal));
        var read = () => LockFile.Read(path);
        var error = read.Should().Throw<EmException>().Which;
        error.Fault.Should().Be(Fault.Configuration);
        error.Message.Should().StartWith(path).And.Contain("expected").And.Contain("delete it to lock anew");
    }

    [Fact]
    public void What_an_earlier_run_wrote_is_read()
    {
        var path = _folder.Write("pipeline.lock.json", """{ "version": 1, "datasets": { "mine": { "source": "s", "objects": [ ENTRY ], "crop": { "origin": [1, 2, 3], "shape": [1, 2, 3] } } } }""".Replace("ENTRY", Entry, StringComparison.Ordinal));
        LockFile.Read(path).Datasets["mine"].Objects.Should().ContainSingle().Which.Key.Should().Be("a.tif");
        LockFile.Read(_folder["absent.json"]).Datasets.Should().BeEmpty();
    }

    [Fact]
    public async Task Datasets_that_are_locked_at_the_same_time_are_all_kept_and_nothing_else_is_left()
    {
        var path = _folder["pipeline.lock.json"];
        var names = Enumerable.Range(0, 40).Select(number => $"dataset-{number:00}").ToArray();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (name, cancellation) =>
            await LockFile.UpdateAsync(path, name, new LockedDataset("file: a.tif", [new LockedObject("a.tif", "file:///a.tif", 3, null, name)]), cancellation));

        LockFile.Read(path).Datasets.Keys.Should().Equal(names);
        LockFile.Read(path).Datasets["dataset-07"].Objects.Should().ContainSingle().Which.Sha256.Should().Be("dataset-07");
        Directory.EnumerateFileSystemEntries(_folder.Path).Should().Equal(path);
    }
}
