using EmPipeline.Stages.Download;

namespace EmPipeline.Stages.Tests.Download;

public sealed class LockFileTests
{
    [Fact]
    public async Task Datasets_that_are_locked_at_the_same_time_are_all_kept_and_nothing_else_is_left()
    {
        using var folder = new TemporaryFolder();
        var path = folder["pipeline.lock.json"];
        var names = Enumerable.Range(0, 40).Select(number => $"dataset-{number:00}").ToArray();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (name, cancellation) =>
            await LockFile.UpdateAsync(path, name, new LockedDataset("file: a.tif", [new LockedObject("a.tif", "file:///a.tif", 3, null, name)]), cancellation));

        LockFile.Read(path).Datasets.Keys.Should().Equal(names);
        LockFile.Read(path).Datasets["dataset-07"].Objects.Should().ContainSingle().Which.Sha256.Should().Be("dataset-07");
        Directory.EnumerateFileSystemEntries(folder.Path).Should().Equal(path);
    }
}
