using System.Security.Cryptography;

namespace EmPipeline.Storage.Tests;

public sealed class DownloaderTests : DownloadFixture
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Piece)]
    public async Task Takes_one_request_for_an_object_of_up_to_one_piece(int length)
    {
        var bytes = Put("small", length);
        foreach (var expected in new[] { null, new ExpectedFile(length), new ExpectedFile(length, Hash(bytes), Convert.ToHexString(MD5.HashData(bytes))) })
        {
            Server.Requests.Clear();
            var file = await Downloader.DownloadAsync(Store, "small", Folder["small"], expected);
            file.Should().Be(new DownloadedFile(length, ObjectServer.ETagOf(bytes), Hash(bytes), length, Resumed: false));
            (await File.ReadAllBytesAsync(Folder["small"])).Should().Equal(bytes);
            Server.Requests.Should().HaveCount(1);
        }
    }

    [Theory]
    [InlineData(Piece + 1)]
    [InlineData(10 * Piece)]
    [InlineData((33 * Piece) + 12345)]
    public async Task Takes_one_request_a_piece_for_a_large_object(int length)
    {
        var bytes = Put("large", length);
        var progress = new Sum();
        var file = await Downloader.DownloadAsync(Store, "large", Folder["deep/er/large"], new ExpectedFile(length, Md5: Convert.ToHexString(MD5.HashData(bytes))), progress);
        file.Should().Be(new DownloadedFile(length, ObjectServer.ETagOf(bytes), Hash(bytes), length, Resumed: false));
        (await File.ReadAllBytesAsync(Folder["deep/er/large"])).Should().Equal(bytes);
        progress.Total.Should().Be(length);
        Server.Requests.Should().HaveCount((length + Piece - 1) / Piece);
        Directory.GetFiles(Folder["deep/er"]).Should().ContainSingle("neither the partial file nor its map may stay");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Takes_one_stream_from_aServer_without_ranges_or_versions(bool ranges, bool versions)
    {
        (Server.Ranges, Server.Versions) = (ranges, versions);
        var bytes = Put("large", 5 * Piece);
        var file = await Downloader.DownloadAsync(Store, "large", Folder["large"]);
        file.Sha256.Should().Be(Hash(bytes));
        (await File.ReadAllBytesAsync(Folder["large"])).Should().Equal(bytes);
    }

    [Fact]
    public async Task Goes_on_after_a_cancellation()
    {
        const int length = 100 * Piece;
        var bytes = Put("large", length);
        using var stop = new CancellationTokenSource();
        var progress = new Sum(40 * Piece, stop.Cancel);
        var first = async () => await Downloader.DownloadAsync(Store, "large", Folder["large"], null, progress, stop.Token);
        await first.Should().ThrowAsync<OperationCanceledException>();
        File.Exists(Folder["large"]).Should().BeFalse();

        var again = new Sum();
        var file = await Downloader.DownloadAsync(Store, "large", Folder["large"], null, again);
        file.Should().BeEquivalentTo(new { Length = length, Sha256 = Hash(bytes), Resumed = true });
        (await File.ReadAllBytesAsync(Folder["large"])).Should().Equal(bytes);
        file.BytesTransferred.Should().BeLessThan((60 + (2 * PerObject)) * Piece, "at most two pieces a connection may come twice");
        again.Total.Should().Be(length);
    }

    [Fact]
    public async Task Downloads_many_small_files_in_batches()
    {
        var items = new List<DownloadItem>();
        for (var i = 0; i < 600; i++)
            items.Add(new DownloadItem(Store, $"s0/{i % 7}/{i}", Folder[$"s0/{i % 7}/{i}"], new ExpectedFile(Put($"s0/{i % 7}/{i}", 100 + i).Length)));
        var done = await Downloader.DownloadAllAsync(items).ToListAsync();
        done.Should().HaveCount(600);
        foreach (var (item, file) in done)
            (await FileHash.Sha256Async(item.TargetPath)).Should().Be(file!.Sha256).And.Be(Hash(Server.Objects[item.Key]));
        Server.Requests.Should().HaveCount(600).And.OnlyContain(request => request.StartsWith("GET"));
        Directory.GetFiles(Folder.Path, "*.partial*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    [Fact]
    public async Task Stops_when_nobody_wants_more_files()
    {
        for (var i = 0; i < 2000; i++)
            Put($"many/{i}", 10);
        var items = Enumerable.Range(0, 2000).Select(i => new DownloadItem(Store, $"many/{i}", Folder[$"many/{i}"]));
        await foreach (var _ in Downloader.DownloadAllAsync(items))
            break;
        var asked = Server.Requests.Count;
        asked.Should().BeLessThan(2000);
        await Downloader.DownloadAsync(Store, "many/1999", Folder["last"]);
        Server.Requests.Count.Should().BeLessThanOrEqualTo(asked + Options.Connections + 1, "only requests already on their way may still arrive");
    }
}
