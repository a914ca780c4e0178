using System.Security.Cryptography;

namespace EmPipeline.Storage.Tests;

public sealed class DownloaderTests : IAsyncLifetime
{
    private const int Piece = 64 << 10;
    private readonly TemporaryFolder _folder = new();
    private ObjectServer _server = null!;
    private HttpStore _store = null!;
    private readonly Downloader _downloader = new(new DownloaderOptions { PieceSize = Piece, ConnectionsPerObject = 4, Connections = 6, Retry = TestRetries.Of() });

    public async ValueTask InitializeAsync()
    {
        _server = await ObjectServer.StartAsync();
        _store = new HttpStore(_server.Address, TestRetries.Http());
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
        _downloader.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Piece)]
    public async Task Takes_one_request_for_an_object_of_up_to_one_piece(int length)
    {
        var bytes = Serve("small", length);
        foreach (var expected in new[] { null, new ExpectedFile(length), new ExpectedFile(length, Hash(bytes), Convert.ToHexString(MD5.HashData(bytes))) })
        {
            _server.Requests.Clear();
            var file = await _downloader.DownloadAsync(_store, "small", _folder.At("small"), expected);
            file.Should().Be(new DownloadedFile(length, ObjectServer.ETagOf(bytes), Hash(bytes), length, Resumed: false));
            (await File.ReadAllBytesAsync(_folder.At("small"))).Should().Equal(bytes);
            _server.Requests.Should().HaveCount(1);
        }
    }

    [Theory]
    [InlineData(Piece + 1)]
    [InlineData(10 * Piece)]
    [InlineData((33 * Piece) + 12345)]
    public async Task Takes_one_request_a_piece_for_a_large_object(int length)
    {
        var bytes = Serve("large", length);
        var progress = new Sum();
        var file = await _downloader.DownloadAsync(_store, "large", _folder.At("deep/er/large"), new ExpectedFile(length, Md5: Convert.ToHexString(MD5.HashData(bytes))), progress);
        file.Should().Be(new DownloadedFile(length, ObjectServer.ETagOf(bytes), Hash(bytes), length, Resumed: false));
        (await File.ReadAllBytesAsync(_folder.At("deep/er/large"))).Should().Equal(bytes);
        progress.Total.Should().Be(length);
        _server.Requests.Should().HaveCount((length + Piece - 1) / Piece);
        Directory.GetFiles(_folder.At("deep/er")).Should().ContainSingle("neither the partial file nor its map may stay");
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Takes_one_stream_from_a_server_without_ranges_or_versions(bool ranges, bool versions)
    {
        (_server.Ranges, _server.Versions) = (ranges, versions);
        var bytes = Serve("large", 5 * Piece);
        var file = await _downloader.DownloadAsync(_store, "large", _folder.At("large"));
        file.Sha256.Should().Be(Hash(bytes));
        (await File.ReadAllBytesAsync(_folder.At("large"))).Should().Equal(bytes);
    }

    [Fact]
    public async Task Goes_on_after_a_cancellation()
    {
        const int length = 100 * Piece;
        var bytes = Serve("large", length);
        using var stop = new CancellationTokenSource();
        var progress = new Sum { At = (40 * Piece, stop.Cancel) };
        var first = async () => await _downloader.DownloadAsync(_store, "large", _folder.At("large"), null, progress, stop.Token);
        await first.Should().ThrowAsync<OperationCanceledException>();
        File.Exists(_folder.At("large")).Should().BeFalse();

        var again = new Sum();
        var file = await _downloader.DownloadAsync(_store, "large", _folder.At("large"), null, again);
        file.Should().BeEquivalentTo(new { Length = length, Sha256 = Hash(bytes), Resumed = true });
        (await File.ReadAllBytesAsync(_folder.At("large"))).Should().Equal(bytes);
        file.BytesTransferred.Should().BeLessThan((60 + (2 * 4)) * Piece, "at most two pieces a connection may come twice");
        again.Total.Should().Be(length);
    }

    [Fact]
    public async Task Downloads_many_small_files_in_batches()
    {
        var items = new List<DownloadItem>();
        for (var i = 0; i < 600; i++)
            items.Add(new DownloadItem($"s0/{i % 7}/{i}", _folder.At($"s0/{i % 7}/{i}"), new ExpectedFile(Serve($"s0/{i % 7}/{i}", 100 + i).Length)));
        var done = await _downloader.DownloadAllAsync(_store, items.ToAsyncEnumerable()).ToListAsync();
        done.Should().HaveCount(600);
        foreach (var (item, file) in done)
            (await FileHash.Sha256Async(item.TargetPath)).Should().Be(file.Sha256).And.Be(Hash(_server.Objects[item.Key]));
        _server.Requests.Should().HaveCount(600).And.OnlyContain(request => request.StartsWith("GET"));
        Directory.GetFiles(_folder.Path, "*.partial*", SearchOption.AllDirectories).Should().BeEmpty();
    }

    private byte[] Serve(string key, int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return _server.Objects[key] = bytes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private sealed class Sum : IProgress<long>
    {
        private long _total;

        public long Total => _total;

        public (long Bytes, Action Then)? At { get; init; }

        public void Report(long value)
        {
            if (Interlocked.Add(ref _total, value) >= At?.Bytes)
                At.Value.Then();
        }
    }
}
