namespace EmPipeline.Storage.Tests;

public sealed class BandwidthLimitTests
{
    private readonly SkippingTime _time = new();

    [Fact]
    public async Task What_has_come_is_waited_for_by_all_who_name_the_rate()
    {
        var (one, other) = (BandwidthLimit.For(1000, _time), BandwidthLimit.For(1000, _time));
        await one.WaitAsync(2000, default);
        await other.WaitAsync(500, default);
        _time.Waits.Should().Equal(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(0.5));
        other.Should().BeSameAs(one);
        BandwidthLimit.For(500, _time).Should().NotBeSameAs(one);
    }

    [Fact]
    public async Task Time_in_which_nothing_came_is_not_made_up_for()
    {
        var limit = BandwidthLimit.For(1000, _time);
        await Task.Delay(TimeSpan.FromSeconds(20), _time);
        await limit.WaitAsync(1000, default);
        _time.Waits[^1].Should().Be(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(3_000_000)]
    public async Task Files_in_one_stream_and_in_pieces_come_whole_and_take_their_time(int length)
    {
        using var folder = new TemporaryFolder();
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(folder["source"], bytes);
        using var downloader = new Downloader(new DownloaderOptions { PieceSize = 1 << 20, Bandwidth = BandwidthLimit.For(1e5, _time) });
        await using var store = new LocalStore(folder.Path);
        await downloader.DownloadAsync(store, "source", folder["target"]);
        File.ReadAllBytes(folder["target"]).Should().Equal(bytes);
        _time.GetElapsedTime(0).TotalSeconds.Should().BeGreaterThanOrEqualTo((length / 1e5) - 0.01);
    }
}
