using CsCheck;

namespace EmPipeline.Storage.Tests.Remote;

public sealed class RemoteStoreTests
{
    private const int Page = PageCache.PageLength;

    [Fact]
    public async Task Whatever_is_kept_every_range_has_the_objects_bytes()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ObjectServer.StartAsync();
        var bytes = new byte[(5 * Page) + 1234];
        new Random(1).NextBytes(bytes);
        server.Objects["a"] = bytes;
        foreach (var (memory, disk) in ((long, long)[])[(0, 0), (2 * Page, 0), (0, 3 * Page), (Page, 20 * Page)])
        {
            await using var store = Open(server, folder[$"{memory}-{disk}"], memory, disk);
            var found = (await store.FindAsync("a"))!.Value;
            await Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Int[1, bytes.Length]).SampleAsync(
                async (offset, length) =>
                {
                    var buffer = new byte[Math.Min(length, bytes.Length - offset)];
                    await store.ReadAsync(found, offset, buffer);
                    return buffer.AsSpan().SequenceEqual(bytes.AsSpan(offset, buffer.Length));
                },
                iter: 60, threads: 2);
        }
    }

    [Fact]
    public async Task An_object_that_changed_is_never_mixed_with_what_was_kept_of_it()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ObjectServer.StartAsync();
        server.Objects["a"] = new byte[3 * Page];
        await using var store = Open(server, folder["cache"], 100 * Page, 100 * Page);
        var old = (await store.FindAsync("a"))!.Value;
        var buffer = new byte[10];
        await store.ReadAsync(old, 0, buffer);
        server.Objects["a"] = [.. Enumerable.Repeat((byte)1, 3 * Page)];
        var reading = () => store.ReadAsync(old, Page, buffer).AsTask();
        (await reading.Should().ThrowAsync<StorageException>()).Which.Fault.Should().Be(StorageFault.Content);
        await store.ReadAsync((await store.FindAsync("a"))!.Value, 0, buffer);
        buffer.Should().AllBeEquivalentTo((byte)1);
    }

    [Fact]
    public async Task No_more_requests_are_under_way_than_allowed()
    {
        await using var server = await ObjectServer.StartAsync();
        server.Objects["a"] = new byte[1000];
        var (now, most) = (0, 0);
        server.Fault = async (_, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return false;
        };
        var stores = new RemoteStores(new RemoteOptions { Requests = 3, MemoryBytes = 0 });
        await using var one = stores.Open(server.Address);
        await using var other = stores.Open(server.Address);
        var found = (await one.FindAsync("a"))!.Value;
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? one : other).ReadAsync(found, i, new byte[7]).AsTask()));
        most.Should().BeInRange(1, 3);
        stores.Requests.Should().Be(61);
        stores.BytesFetched.Should().Be(60 * 7);
    }

    [Fact]
    public void The_disk_keeps_to_its_limit_and_what_was_used_last()
    {
        using var folder = new TemporaryFolder();
        const int file = Page + sizeof(uint);
        var pages = new DiskPages(folder["pages"], 40 * file);
        var page = new byte[Page];
        for (var i = 0; i < 200; i++)
        {
            pages.Keep("object", i, page);
            // A clock that stands still would leave the order open: the first page is the oldest unless reading renews it.
            File.SetLastWriteTimeUtc(Assert.Single(Directory.GetFiles(folder["pages"], $"*-{i}", SearchOption.AllDirectories)), DateTime.UnixEpoch.AddDays(i));
            pages.Read("object", 0, page).Should().BeTrue();
        }

        Directory.GetFiles(folder["pages"], "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length).Should().BeLessThanOrEqualTo(42 * file);
        pages.Read("object", 199, page).Should().BeTrue();
        pages.Read("object", 100, page).Should().BeFalse();
    }

    [Fact]
    public void Two_caches_in_one_folder_share_what_they_keep()
    {
        using var folder = new TemporaryFolder();
        var (one, other) = (new DiskPages(folder["pages"], 1 << 30), new DiskPages(folder["pages"], 1 << 30));
        var bytes = new byte[1000];
        new Random(2).NextBytes(bytes);
        one.Keep("object", 7, bytes);
        var read = new byte[1000];
        other.Read("object", 7, read).Should().BeTrue();
        read.Should().Equal(bytes);
        other.Read("object", 7, new byte[999]).Should().BeFalse();
    }

    private static IVersionedStore Open(ObjectServer server, string folder, long memory, long disk) => new RemoteStores(
        new RemoteOptions { CacheFolder = folder, MemoryBytes = memory, DiskBytes = disk, Stores = new StoreOptions { Http = TestRetries.Http() } }).Open(server.Address);

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
