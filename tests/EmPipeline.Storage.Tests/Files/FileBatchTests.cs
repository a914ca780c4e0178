namespace EmPipeline.Storage.Tests;

public sealed class FileBatchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Names_every_file_of_every_folder_once()
    {
        var batch = new FileBatch();
        for (var i = 0; i < 200; i++)
        {
            await _folder.WriteAsync($"{i % 5}/{i}.partial", [(byte)i]);
            batch.Add(_folder[$"{i % 5}/{i}.partial"], _folder[$"{i % 5}/{i}"]);
        }

        batch.Count.Should().Be(200);
        await batch.CommitAsync();
        batch.Count.Should().Be(0);
        await batch.CommitAsync();
        for (var i = 0; i < 200; i++)
            (await File.ReadAllBytesAsync(_folder[$"{i % 5}/{i}"])).Should().Equal((byte)i);
        Directory.GetFiles(_folder.Path, "*.partial", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task A_file_added_while_a_commit_begins_is_of_that_commit_or_the_next()
    {
        const int adders = 4, each = 2000;
        var batch = new FileBatch();
        var adding = Task.WhenAll(Enumerable.Range(0, adders).Select(adder => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                var name = _folder[$"{adder}-{i}"];
                File.WriteAllBytes(name + ".partial", []);
                batch.Add(name + ".partial", name);
            }
        })));
        while (!adding.IsCompleted)
            await batch.CommitAsync();
        await adding;
        await batch.CommitAsync();
        Directory.GetFiles(_folder.Path, "*.partial").Should().BeEmpty();
        Directory.GetFiles(_folder.Path).Should().HaveCount(adders * each);
    }

    [Fact]
    public async Task A_vanished_temporary_file_is_an_error_and_nothing_is_named()
    {
        await _folder.WriteAsync("a.partial", [1]);
        var batch = new FileBatch();
        batch.Add(_folder["a.partial"], _folder["a"]);
        batch.Add(_folder["b.partial"], _folder["b"]);
        var commit = async () => await batch.CommitAsync();
        (await commit.Should().ThrowAsync<StorageException>()).Which.Place.Should().Be(_folder["b"]);
        File.Exists(_folder["a"]).Should().BeFalse();
    }
}
