using System.Security.Cryptography;
using EmPipeline.Volumes;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Loading;

/// <summary>The same global batches whatever the world size and the workers.</summary>
public sealed class RanksTests(TestCatalog catalog)
{
    private static readonly BlockOptions Small = new() { Shape = NdIndex.Filled(3, 16), Values = BlockValues.Stored, Seed = 3, RandomCrop = true };

    [Theory]
    [InlineData(8, false, false)]
    [InlineData(8, true, false)]
    [InlineData(11, false, true)]
    [InlineData(9, false, true)]
    public async Task Every_world_size_serves_the_same_global_batches(int batchSize, bool dropLast, bool mixed)
    {
        await using var source = await Open(mixed);
        var options = new BlockLoaderOptions { BatchSize = batchSize, DropLast = dropLast, Workers = 1 };
        var alone = Slices(source, options);
        foreach (var (world, workers) in new[] { (1, 4), (2, 3), (3, 1), (4, 2), (8, 2) })
        {
            var ranks = Enumerable.Range(0, world).Select(rank => Slices(source, options with { Rank = rank, WorldSize = world, Workers = workers })).ToList();
            ranks.Should().OnlyContain(rank => rank.Count == alone.Count);
            for (var batch = 0; batch < alone.Count; batch++)
            {
                var sizes = ranks.Select(rank => rank[batch].Count).ToList();
                (sizes.Max() - sizes.Min()).Should().BeInRange(0, 1);
                Enumerable.Range(0, alone[batch].Count).Select(sample => ranks[sample % world][batch][sample / world]).Should().Equal(alone[batch]);
            }
        }
    }

    [Fact]
    public async Task A_rank_without_a_sample_in_the_last_batch_gets_an_empty_one()
    {
        await using var source = await BlockSource.OpenAsync(catalog.Folder, "dataset = 'cube'", Small);
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 11, Rank = 10, WorldSize = 11 });
        var shapes = new List<long>();
        foreach (var batch in loader.Epoch())
        {
            using (batch)
                shapes.Add(batch.Data.shape[0]);
        }

        shapes.Should().Equal(1, 0);
    }

    [Theory]
    [InlineData(2, 2, "rank: got 2, expected less than the world size, 2.")]
    [InlineData(-1, 2, "rank: got -1, expected at least 0.")]
    [InlineData(0, 0, "world size: got 0, expected at least 1.")]
    [InlineData(0, 5, "batch size: got 4, expected at least one sample for each of 5 ranks*")]
    public async Task Ranks_out_of_range_are_configuration_errors(int rank, int worldSize, string message)
    {
        await using var source = await BlockSource.OpenAsync(catalog.Folder, "dataset = 'cube'", Small);
        var act = () => new BlockLoader(source, new BlockLoaderOptions { Rank = rank, WorldSize = worldSize });
        act.Should().Throw<EmException>().WithMessage(message).Which.Fault.Should().Be(Fault.Configuration);
    }

    private Task<BlockSource> Open(bool mixed) => mixed
        ? BlockSource.OpenAsync(catalog.Folder, [new SampleQuery("dataset = 'cube'") { Weight = 2 }, new SampleQuery("dataset = 'thin'") { Weight = 1 }], Small with { Mixing = Mixing.Repeat })
        : BlockSource.OpenAsync(catalog.Folder, "dataset IN ('cube', 'thin')", Small);

    private static List<List<string>> Slices(BlockSource source, BlockLoaderOptions options)
    {
        var slices = new List<List<string>>();
        foreach (var batch in new BlockLoader(source, options).Epoch(2))
        {
            using var scope = NewDisposeScope();
            using (batch)
                slices.Add([.. Enumerable.Range(0, batch.Indices.Count).Select(i => Convert.ToHexString(SHA256.HashData(batch.Data[i].bytes)))]);
        }

        return slices;
    }
}
