using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Loading;

public sealed class BlockLoaderTests(TestCatalog catalog)
{
    private static readonly BlockOptions Small = new() { Shape = NdIndex.Filled(3, 32), Values = BlockValues.Stored, Seed = 3, RandomCrop = true };

    private Task<BlockSource> Open(string query = "dataset IN ('cube', 'thin')", BlockOptions? options = null) => BlockSource.OpenAsync(catalog.Folder, query, options ?? Small);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(8, 1)]
    public async Task What_is_served_does_not_depend_on_workers_and_prefetch(int workers, int prefetch)
    {
        await using var source = await Open();
        Digest(source, new BlockLoaderOptions { BatchSize = 3, Workers = workers, Prefetch = prefetch }, 5)
            .Should().Equal(Digest(source, new BlockLoaderOptions { BatchSize = 3, Workers = 1, Prefetch = 1 }, 5));
    }

    [Fact]
    public async Task Epochs_and_seeds_differ_in_order()
    {
        await using var source = await Open();
        await using var other = await Open(options: Small with { Seed = 4 });
        var options = new BlockLoaderOptions { BatchSize = 3 };
        Order(source, options, 0).Should().NotEqual(Order(source, options, 1));
        Order(source, options, 0).Should().NotEqual(Order(other, options, 0));
        Order(source, options, 1).Should().BeEquivalentTo(Enumerable.Range(0, source.Blocks.Count));
        Order(source, options with { Shuffle = false }, 1).Should().Equal(Enumerable.Range(0, source.Blocks.Count));
    }

    [Fact]
    public async Task Epochs_in_a_row_are_the_epochs_one_by_one()
    {
        await using var source = await Open();
        var options = new BlockLoaderOptions { BatchSize = 4 };
        var row = new List<(int Epoch, int Index)>();
        foreach (var batch in new BlockLoader(source, options).Epochs(1, 3))
        {
            using (batch)
                row.AddRange(batch.Indices.Select(index => (batch.Epoch, index)));
        }

        row.Should().Equal(Enumerable.Range(1, 3).SelectMany(epoch => Order(source, options, epoch).Select(index => (epoch, index))));
    }

    [Fact]
    public async Task A_batch_holds_what_the_dataset_gives_for_its_indices()
    {
        var source = await Open();
        using var dataset = new BlockDataset(source) { Epoch = 2 };
        var compared = 0;
        foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = 4, Workers = 3 }).Epoch(2))
        {
            using var scope = NewDisposeScope();
            using (batch)
            {
                for (var i = 0; i < batch.Indices.Count; i++)
                {
                    batch.Blocks[i].Should().Be(source.Blocks[batch.Indices[i]]);
                    batch.Data[i].equal(dataset.GetTensor(batch.Indices[i])["data"]).all().item<bool>().Should().BeTrue();
                    compared++;
                }
            }
        }

        compared.Should().Be(source.Blocks.Count);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(5, true)]
    [InlineData(100, false)]
    [InlineData(100, true)]
    public async Task The_last_batch_is_smaller_or_left_out(int size, bool dropLast)
    {
        await using var source = await Open();
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = size, DropLast = dropLast });
        var sizes = new List<long>();
        foreach (var batch in loader.Epochs(0, 1))
        {
            using (batch)
                sizes.Add(batch.Data.shape[0]);
        }

        var count = source.Blocks.Count;
        sizes.Should().HaveCount(loader.Count);
        sizes.Sum().Should().Be(dropLast ? count - count % size : count);
        sizes.Take(Math.Max(0, sizes.Count - 1)).Should().OnlyContain(batch => batch == size);
    }

    [Fact]
    public async Task Epochs_without_a_whole_batch_end_at_once_rather_than_never()
    {
        await using var source = await Open();
        new BlockLoader(source, new BlockLoaderOptions { BatchSize = 100, DropLast = true }).Epochs().Should().BeEmpty();
    }

    [Fact]
    public async Task Memory_of_disposed_batches_is_used_again()
    {
        await using var source = await Open();
        var addresses = new HashSet<nint>();
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 1, Prefetch = 2 });
        for (var epoch = 0; epoch < 2; epoch++)
        {
            addresses.Clear();
            foreach (var batch in loader.Epoch(epoch))
            {
                using (batch)
                    addresses.Add(Address(batch.Data));
            }

            addresses.Count.Should().BeInRange(1, 3);
        }
    }

    [Fact]
    public async Task A_batch_that_is_kept_keeps_its_voxels()
    {
        await using var source = await Open();
        var kept = new List<(BlockBatch Batch, long Sum)>();
        foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = 2, Prefetch = 3 }).Epoch())
        {
            if (kept.Count < 3)
                kept.Add((batch, Sum(batch.Data)));
            else
                batch.Dispose();
        }

        kept.Should().OnlyContain(entry => Sum(entry.Batch.Data) == entry.Sum);
        kept.ForEach(entry => entry.Batch.Dispose());
    }

    [Fact]
    public async Task Leaving_early_ends_the_workers()
    {
        var (inside, begun) = (0, new TaskCompletionSource());
        // All blocks but the first take for ever.
        await using var source = await OpenFaulty(async (box, cancellation) =>
        {
            if (box.Origin == NdIndex.Filled(3, 0))
                return;
            Interlocked.Increment(ref inside);
            begun.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                Interlocked.Decrement(ref inside);
            }
        });
        foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = 1, Workers = 4, Shuffle = false }).Epoch())
        {
            batch.Dispose();
            await begun.Task;
            break;
        }

        inside.Should().Be(0, "the epoch's end stops its reads and waits for them");
    }

    [Fact]
    public async Task Batches_that_nobody_disposes_end_in_an_error_that_says_so_and_not_in_a_wait_for_ever()
    {
        await using var source = await Open();
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 1, Prefetch = 1 }) { Patience = TimeSpan.FromMilliseconds(50) };
        var kept = new List<BlockBatch>();
        var loop = () =>
        {
            foreach (var batch in loader.Epoch())
                kept.Add(batch);
        };
        loop.Should().Throw<EmException>().WithMessage("batches: got 2 in use and none disposed for 0.1 s*using (batch)*").Which.Fault.Should().Be(Fault.Configuration);
        kept.Should().HaveCount(2);
        kept.ForEach(batch => batch.Dispose());
    }

    [Fact]
    public async Task A_batch_that_is_more_than_a_tensor_holds_is_a_configuration_error()
    {
        using var dataset = new BlockDataset(await Open(options: Small with { Shape = new NdIndex(512, 1024, 1024), RandomCrop = false }));
        var loader = () => new BlockLoader(dataset.Source, new BlockLoaderOptions { BatchSize = 4 });
        loader.Should().Throw<EmException>().WithMessage("batch size: got 4 samples of 536870912 bytes of data, expected less than 2 GiB*").Which.Fault.Should().Be(Fault.Configuration);
        _ = new BlockLoader(dataset.Source, new BlockLoaderOptions { BatchSize = 4, WorldSize = 2 });
        var batches = () => dataset.Batches(4).First();
        batches.Should().Throw<EmException>().WithMessage("batch size: got 4 samples *");
    }

    [Fact]
    public async Task Cancellation_reaches_whoever_waits_for_a_batch()
    {
        using var stop = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        await using var source = await OpenFaulty(async (_, cancellation) =>
        {
            gate.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        });
        var waiting = Task.Run(() => new BlockLoader(source).Epoch(0, stop.Token).First());
        await gate.Task;
        await stop.CancelAsync();
        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_block_that_cannot_be_read_stops_at_its_batch_and_is_named(int workers)
    {
        await using var source = await OpenFaulty((box, _) => box.Origin[2] == 256 ? throw EmException.Corrupt("s0/c/0/0/2", "checksum: got 1, expected 2.") : Task.CompletedTask);
        var served = new List<int>();
        var act = () =>
        {
            foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = 2, Workers = workers, Shuffle = false }).Epoch())
            {
                using (batch)
                    served.AddRange(batch.Indices);
            }
        };
        act.Should().Throw<EmException>().WithMessage("block cube s0 [0, 0, 256]: s0/c/0/0/2: checksum*").Which.Fault.Should().Be(Fault.Corrupt);
        served.Should().Equal(0, 1);
    }

    [Fact]
    public async Task A_volume_that_was_made_anew_since_the_catalogue_is_named()
    {
        var open = () => BlockSource.OpenAsync(
            catalog.Folder, [new SampleQuery("dataset = 'cube'")], new BlockOptions(),
            (_, _) => ValueTask.FromResult<(IVolumeReader, IAsyncDisposable?)>((new HookedVolume(catalog.Volumes["thin"], (_, _) => Task.CompletedTask), null)));
        (await open.Should().ThrowAsync<EmException>()).WithMessage("*cube.zarr*: got 16×200×140 uint8, expected 160×256×300 uint8 as in the catalogue*Run ./build.sh Catalog.");
    }

    [Fact]
    public async Task A_shard_with_a_flipped_bit_is_named_by_both_loaders()
    {
        using var copy = new TemporaryFolder();
        CopyFolder(catalog.Root, copy.Path);
        var shard = Path.Combine(copy.Path, "zarr", "cube.zarr", "s0", "c", "0", "0", "1");
        var bytes = await File.ReadAllBytesAsync(shard);
        bytes[1000] ^= 4;
        await File.WriteAllBytesAsync(shard, bytes);
        var source = await BlockSource.OpenAsync(Path.Combine(copy.Path, "catalog"), "dataset = 'cube'", new BlockOptions());
        using var dataset = new BlockDataset(source);
        var own = () => new BlockLoader(source).Epoch().Select(batch =>
        {
            batch.Dispose();
            return 0;
        }).Count();
        own.Should().Throw<EmException>().WithMessage("block cube s0 [0, 0, 128]: *").Which.Fault.Should().Be(Fault.Corrupt);
        var torch = () => dataset.GetTensor(source.Blocks.ToList().FindIndex(block => block.Origin == new NdIndex(0, 0, 128)));
        torch.Should().Throw<EmException>().WithMessage("block cube s0 [0, 0, 128]: *");
    }

    [Fact]
    public async Task Options_out_of_range_are_configuration_errors()
    {
        await using var source = await Open();
        foreach (var wrong in new[] { new BlockLoaderOptions { BatchSize = 0 }, new BlockLoaderOptions { Workers = 0 }, new BlockLoaderOptions { Prefetch = 0 } })
        {
            var act = () => new BlockLoader(source, wrong);
            act.Should().Throw<EmException>().WithMessage("*: got 0, expected at least 1.");
        }
    }

    private async Task<BlockSource> OpenFaulty(Func<Box, CancellationToken, Task> onRead) => await BlockSource.OpenAsync(
        catalog.Folder, [new SampleQuery("dataset = 'cube' AND z = 0")], new BlockOptions(), (_, _) => ValueTask.FromResult<(IVolumeReader, IAsyncDisposable?)>((new HookedVolume(catalog.Volumes["cube"], onRead), null)));

    private static List<int> Order(BlockSource source, BlockLoaderOptions options, int epoch)
    {
        var order = new List<int>();
        foreach (var batch in new BlockLoader(source, options).Epoch(epoch))
        {
            using (batch)
                order.AddRange(batch.Indices);
        }

        return order;
    }

    private static List<string> Digest(BlockSource source, BlockLoaderOptions options, int epoch)
    {
        var digests = new List<string>();
        foreach (var batch in new BlockLoader(source, options).Epoch(epoch))
        {
            using (batch)
                digests.Add(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(batch.Data.bytes)));
        }

        return digests;
    }

    private static long Sum(Tensor tensor)
    {
        var sum = 0L;
        foreach (var value in tensor.bytes)
            sum += value;
        return sum;
    }

    private static unsafe nint Address(Tensor tensor)
    {
        fixed (byte* start = tensor.bytes)
            return (nint)start;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private sealed class HookedVolume(SyntheticVolume volume, Func<Box, CancellationToken, Task> onRead) : IVolumeReader
    {
        public VolumeInfo Info => volume.Info;

        public async ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
        {
            await onRead(box, cancellation);
            buffer.Span.Clear();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
