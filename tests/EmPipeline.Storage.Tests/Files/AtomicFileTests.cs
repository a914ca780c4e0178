using System.Text;

namespace EmPipeline.Storage.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Writes_and_replaces_whole_files_and_makes_folders(bool durable)
    {
        var path = _folder["state/dataset/download.json"];
        foreach (var text in new[] { "first, the longer text", "second", "" })
        {
            await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(text), durable);
            (await File.ReadAllTextAsync(path)).Should().Be(text);
        }

        Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Should().Equal(path);
    }

    [Fact]
    public void Writes_at_once_keeps_the_mode_and_leaves_what_a_link_points_to()
    {
        var path = _folder["state/library.so"];
        AtomicFile.Write(path, "old"u8);
        File.ReadAllText(path).Should().Be("old");
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var link = _folder["state/link.so"];
        File.CreateSymbolicLink(link, path);
        AtomicFile.Write(link, "new"u8, durable: false);
        File.ReadAllText(path).Should().Be("old");
        File.ReadAllText(link).Should().Be("new");
        File.GetUnixFileMode(link).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Concurrent_writers_leave_one_of_their_files()
    {
        var path = _folder["ledger.json"];
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), async (i, token) =>
            await AtomicFile.WriteAsync(path, Encoding.UTF8.GetBytes(new string((char)('a' + (i % 26)), 10_000)), durable: false, token));
        (await File.ReadAllTextAsync(path)).Should().HaveLength(10_000).And.Match(text => text.Distinct().Count() == 1);
        Directory.GetFiles(_folder.Path).Should().Equal(path);
    }

    [Fact]
    public async Task A_failure_names_the_file_and_leaves_the_old_one()
    {
        await File.WriteAllTextAsync(_folder["file"], "old");
        var below = async () => await AtomicFile.WriteAsync(_folder["file/ledger.json"], new byte[1]);
        (await below.Should().ThrowAsync<StorageException>()).Which.Should().BeEquivalentTo(new { Place = _folder["file/ledger.json"], Fault = StorageFault.Machine });

        Directory.CreateDirectory(_folder["folder/in the way"]);
        var over = async () => await AtomicFile.WriteAsync(_folder["folder"], new byte[1]);
        await over.Should().ThrowAsync<StorageException>();

        var cancelled = async () => await AtomicFile.WriteAsync(_folder["file"], new byte[1], cancellation: new CancellationToken(canceled: true));
        await cancelled.Should().ThrowAsync<OperationCanceledException>();
        (await File.ReadAllTextAsync(_folder["file"])).Should().Be("old");
        Directory.GetFiles(_folder.Path).Should().Equal(_folder["file"]);
    }

    [Theory]
    [InlineData(".ledger.json.0123456789abcdef0123456789abcdef.tmp", true)]
    [InlineData("ledger.json", false)]
    [InlineData("ledger.json.tmp", false)]
    [InlineData(".ledger.json.0123456789abcdef0123456789abcdeg.tmp", false)]
    [InlineData(".0123456789abcdef0123456789abcdef.tmp", false)]
    public void Knows_what_a_killed_writer_leaves(string name, bool temporary) => AtomicFile.IsTemporary($"/some/where/{name}").Should().Be(temporary);
}
