using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Loading;

/// <summary>On the CPU: what is special about a GPU is the copy, which stands for itself here.</summary>
public sealed class DeviceBatchesTests(TestCatalog catalog)
{
    // Image, origin in voxels and nanometres, voxel size, index.
    private const int Tensors = 5;

    [Fact]
    public async Task On_the_cpu_batches_are_passed_on_as_they_are()
    {
        await using var source = await OpenAsync();
        var served = new BlockLoader(source).Epoch();
        served.On(CPU).Should().BeSameAs(served);
    }

    [Fact]
    public async Task Elsewhere_each_is_copied_while_the_one_before_is_in_use_and_none_is_lost()
    {
        await using var source = await OpenAsync();
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 1, Prefetch = 1 });
        var expected = new List<long>();
        foreach (var batch in loader.Epoch())
        {
            using (batch)
                expected.Add(batch.Data.sum().item<long>());
        }

        var (begun, done) = (0, new List<long>());
        foreach (var batch in DeviceBatches.On(loader.Epoch(), Copy))
        {
            using (batch)
                done.Add(batch.Data.sum().item<long>());
            begun.Should().Be(Tensors * Math.Min(done.Count + 1, loader.Count));
        }

        done.Should().Equal(expected);

        Tensor Copy(Tensor tensor)
        {
            begun++;
            return tensor.clone();
        }
    }

    [Fact]
    public async Task A_loop_that_is_left_early_leaves_no_copy_behind()
    {
        await using var source = await OpenAsync();
        var copies = new List<Tensor>();
        foreach (var batch in DeviceBatches.On(new BlockLoader(source, new BlockLoaderOptions { BatchSize = 1 }).Epoch(), Copy))
        {
            batch.Dispose();
            break;
        }

        copies.Should().HaveCount(2 * Tensors).And.OnlyContain(copy => copy.IsInvalid);

        Tensor Copy(Tensor tensor)
        {
            copies.Add(tensor.clone());
            return copies[^1];
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_copy_that_fails_comes_after_the_batches_before_it_and_leaves_none_behind(int failAt)
    {
        await using var source = await OpenAsync();
        var (copies, served) = (new List<Tensor>(), 0);
        var loop = () =>
        {
            foreach (var batch in DeviceBatches.On(new BlockLoader(source, new BlockLoaderOptions { BatchSize = 1 }).Epoch(), Copy))
            {
                batch.Dispose();
                served++;
            }
        };
        loop.Should().Throw<InvalidOperationException>().WithMessage("out of memory");
        served.Should().Be(failAt);
        copies.Should().OnlyContain(copy => copy.IsInvalid);

        Tensor Copy(Tensor tensor)
        {
            if (copies.Count == (failAt * Tensors) + 2)
                throw new InvalidOperationException("out of memory");
            copies.Add(tensor.clone());
            return copies[^1];
        }
    }

    [Fact]
    public async Task A_loop_that_is_cancelled_leaves_no_copy_behind()
    {
        await using var source = await OpenAsync();
        using var cancellation = new CancellationTokenSource();
        var copies = new List<Tensor>();
        var loop = () =>
        {
            foreach (var batch in DeviceBatches.On(new BlockLoader(source, new BlockLoaderOptions { BatchSize = 1 }).Epoch(0, cancellation.Token), Copy))
            {
                batch.Dispose();
                cancellation.Cancel();
            }
        };
        loop.Should().Throw<OperationCanceledException>();
        copies.Should().HaveCount(2 * Tensors).And.OnlyContain(copy => copy.IsInvalid);

        Tensor Copy(Tensor tensor)
        {
            copies.Add(tensor.clone());
            return copies[^1];
        }
    }

    private Task<BlockSource> OpenAsync() => BlockSource.OpenAsync(catalog.Folder, "dataset = 'cube'", new BlockOptions { Values = BlockValues.Stored });
}
