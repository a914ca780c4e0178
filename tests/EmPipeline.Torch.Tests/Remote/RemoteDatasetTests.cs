using EmPipeline.Tests.Servers;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Remote;

public sealed class RemoteDatasetTests(TestCatalog catalog)
{
    private const string Cube = "dataset = 'cube'";

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 64 << 20)]
    [InlineData(true, 0)]
    [InlineData(true, 1 << 20)]
    public async Task Blocks_of_a_web_server_or_a_bucket_are_those_of_the_folder(bool isS3, long memory)
    {
        await using var served = await ServedCatalog.StartAsync(catalog, isS3);
        var options = served.Options with { RandomCrop = true, Seed = 5 };
        await using var there = await BlockSource.OpenAsync(served.Address, Cube, options with { Remote = options.Remote with { MemoryBytes = memory } });
        await using var here = await BlockSource.OpenAsync(catalog.Folder, Cube, options);
        for (var epoch = 0; epoch < 2; epoch++)
        {
            for (var i = 0; i < here.Blocks.Count; i++)
                (await ReadAsync(there, i, epoch)).Should().Equal(await ReadAsync(here, i, epoch));
        }
    }

    [Fact]
    public async Task A_loader_serves_over_a_network_what_it_serves_of_the_folder()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await using var there = await BlockSource.OpenAsync(served.Address, Cube, served.Options);
        await using var here = await BlockSource.OpenAsync(catalog.Folder, Cube, served.Options);
        Served(there).Should().Equal(Served(here));

        static List<long> Served(BlockSource source)
        {
            var sums = new List<long>();
            foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = 3, Workers = 1 }).Epochs(0, 2))
            {
                using (batch)
                    sums.Add(batch.Data.sum().item<long>());
            }

            return sums;
        }
    }

    [Fact]
    public async Task A_block_takes_one_request_for_each_shard_that_it_touches()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await using var source = await BlockSource.OpenAsync(
            served.Address, "dataset = 'cube' AND z = 0 AND y = 0 AND x = 0", served.Options with { RandomCrop = true, Remote = served.Options.Remote with { MemoryBytes = 0 } });
        var target = new byte[source.BytesPerBlock];
        await source.ReadAsync(0, 0, target);
        for (var epoch = 0; epoch < 20; epoch++)
        {
            await source.ReadAsync(0, epoch, target);
            served.Server.Requests.Clear();
            await source.ReadAsync(0, epoch, target);
            served.ShardReads.Should().Be((int)new Box(source.Origin(0, epoch), source.Options.Shape).CellsTouched(NdIndex.Filled(3, 128)).Count());
        }
    }

    [Fact]
    public async Task What_was_read_is_read_again_without_a_request()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await using var source = await BlockSource.OpenAsync(served.Address, Cube, served.Options);
        var first = await ReadAsync(source, 0, 0);
        served.Server.Requests.Clear();
        (await ReadAsync(source, 0, 0)).Should().Equal(first);
        served.Server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task What_lies_on_disk_from_an_earlier_run_is_not_fetched_again_and_what_is_damaged_there_is()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        var options = served.Options with { Remote = served.Options.Remote with { DiskBytes = 1 << 30, MemoryBytes = 0 } };
        var first = await ReadOnceAsync();
        served.Server.Requests.Clear();
        (await ReadOnceAsync()).Should().Equal(first);
        served.ShardReads.Should().Be(0);

        var pages = Directory.GetFiles(Path.Combine(served.CacheFolder, "pages"), "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)).ToList();
        pages.Should().NotBeEmpty();
        foreach (var page in pages)
        {
            var bytes = await File.ReadAllBytesAsync(page);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(page, bytes);
        }

        (await ReadOnceAsync()).Should().Equal(first);
        served.ShardReads.Should().BePositive();

        async Task<byte[]> ReadOnceAsync()
        {
            await using var source = await BlockSource.OpenAsync(served.Address, Cube, options);
            return await ReadAsync(source, 0, 0);
        }
    }

    [Theory]
    [InlineData(503)]
    [InlineData(0)]
    public async Task Requests_that_fail_once_are_made_again(int status)
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await using var here = await BlockSource.OpenAsync(catalog.Folder, Cube, served.Options);
        var failed = new HashSet<string>();
        served.Server.Fault = (number, context) =>
        {
            bool isFirst;
            lock (failed)
                isFirst = failed.Add($"{context.Request.Method} {context.Request.Path} {context.Request.Headers.Range}");
            return !isFirst ? Task.FromResult(false) : status == 0 ? Faults.Reset(number, context) : Faults.Status(status)(number, context);
        };
        await using var there = await BlockSource.OpenAsync(served.Address, Cube, served.Options);
        (await ReadAsync(there, 0, 0)).Should().Equal(await ReadAsync(here, 0, 0));
    }

    [Fact]
    public async Task A_server_that_stays_away_is_an_error_that_names_it()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await using var source = await BlockSource.OpenAsync(served.Address, Cube, served.Options);
        served.Server.Fault = Faults.Status(503);
        (await ShouldFailAsync(source)).Message.Should().Contain("503").And.Contain("block cube").And.Contain("6 attempts");
    }

    [Fact]
    public async Task A_shard_that_changes_while_it_is_read_from_is_an_error()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await using var source = await BlockSource.OpenAsync(served.Address, Cube, served.Options with { Remote = served.Options.Remote with { MemoryBytes = 0 } });
        await ReadAsync(source, 0, 0);
        foreach (var shard in served.Shards)
            served.Server.Objects[shard] = [.. served.Server.Objects[shard], 0];
        var error = await ShouldFailAsync(source);
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().Contain("another version");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_is_gone_is_an_error_and_never_zeros(bool isRead)
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        await using var source = await BlockSource.OpenAsync(served.Address, Cube, served.Options with { Remote = served.Options.Remote with { MemoryBytes = 0 } });
        if (isRead)
            await ReadAsync(source, 0, 0);
        served.Server.Objects.Clear();
        (await ShouldFailAsync(source)).Fault.Should().Be(Fault.Source);
    }

    [Fact]
    public async Task A_store_without_a_catalogue_is_an_error()
    {
        await using var served = await ServedCatalog.StartAsync(catalog);
        var opening = () => BlockSource.OpenAsync(served.Address + "ue", Cube, served.Options);
        (await opening.Should().ThrowAsync<EmException>()).Which.Message.Should().Contain("expected a catalogue");
    }

    private static async Task<EmException> ShouldFailAsync(BlockSource source)
    {
        var reading = () => ReadAsync(source, 0, 0);
        return (await reading.Should().ThrowAsync<EmException>()).Which;
    }

    private static async Task<byte[]> ReadAsync(BlockSource source, int index, int epoch)
    {
        var bytes = new byte[source.BytesPerBlock];
        await source.ReadAsync(index, epoch, bytes);
        return bytes;
    }
}
