using CsCheck;
using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Loading;

/// <summary>What becomes of samples that cannot be read: the epoch ends with the error, or others stand in for them, the same ones whoever reads.</summary>
public sealed class UnreadableTests(TestCatalog catalog)
{
    private static readonly BlockLoaderOptions Skipping = new() { BatchSize = 3, Workers = 2, Unreadable = UnreadablePolicy.Skip };

    // Of "cube", 2 × 2 × 3 blocks.
    private static readonly Func<Box, bool> AtTheEdge = box => box.Origin[2] == 256, Anywhere = _ => true;

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(1, 4, true)]
    [InlineData(2, 1, true)]
    [InlineData(3, 2, false)]
    public async Task The_same_samples_stand_in_on_every_rank_and_with_any_number_of_workers(int world, int workers, bool shuffle)
    {
        await using var source = await OpenAsync(AtTheEdge);
        var options = Skipping with { Workers = workers, WorldSize = world, Shuffle = shuffle };
        var (expected, replaced) = await ExpectedAsync(source, options, AtTheEdge);
        replaced.Should().Be(4);
        var loaders = Enumerable.Range(0, world).Select(rank => new BlockLoader(source, options with { Rank = rank })).ToList();
        var served = loaders.Select(Served).ToList();
        for (var batch = 0; batch < expected.Count; batch++)
            Enumerable.Range(0, expected[batch].Count).Select(i => served[i % world][batch][i / world]).Should().Equal(expected[batch]);
        loaders.Sum(loader => loader.Skipped).Should().Be(replaced);
        loaders.SelectMany(loader => loader.SkippedErrors).Should().HaveCount(replaced).And.OnlyContain(error => error.Message.StartsWith("block cube s0 [") && error.Message.Contains("256]: it is damaged."));
    }

    [Fact]
    public async Task Of_two_epochs_each_skipped_sample_is_counted_and_the_first_few_are_named()
    {
        await using var source = await OpenAsync(box => box.Origin[2] != 0);
        var loader = new BlockLoader(source, Skipping);
        foreach (var batch in loader.Epochs(0, 2))
            batch.Dispose();
        loader.Skipped.Should().Be(16);
        loader.SkippedErrors.Should().HaveCount(8);
    }

    [Fact]
    public async Task A_state_is_of_what_was_planned_and_resumes_with_the_same_samples()
    {
        await using var source = await OpenAsync(AtTheEdge);
        var loader = new BlockLoader(source, Skipping);
        var (states, served) = (new List<LoaderState>(), new List<List<int>>());
        foreach (var batch in loader.Epoch(1))
        {
            using (batch)
            {
                states.Add(batch.State);
                served.Add([.. batch.Indices]);
            }
        }

        states[1].Samples.Should().Be(6);
        states[1].Should().Be(states[1] with { Options = new BlockLoader(source, Skipping with { Unreadable = UnreadablePolicy.Fail }).Start().Options }, "how damage is met decides no plan");
        var rest = new List<List<int>>();
        foreach (var batch in new BlockLoader(source, Skipping).Resume(states[1], count: 1))
        {
            using (batch)
                rest.Add([.. batch.Indices]);
        }

        rest.Should().BeEquivalentTo(served.Skip(2), all => all.WithStrictOrdering());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(12)]
    public async Task Where_nothing_can_be_read_the_epoch_ends_with_the_planned_sample_s_error_after_one_turn(int batchSize)
    {
        var tried = new List<NdIndex>();
        await using var source = await OpenAsync(Anywhere, onRead: box => tried.Add(box.Origin));
        var loader = new BlockLoader(source, Skipping with { BatchSize = batchSize, Workers = 1, Prefetch = 1, Shuffle = false });
        using var epoch = loader.Epoch().GetEnumerator();
        var next = () => epoch.MoveNext();
        next.Should().Throw<EmException>().WithMessage("block cube s0 [0, 0, 0]: it is damaged.");
        loader.Skipped.Should().Be(0);
        tried.Take((int)source.Count).Should().BeEquivalentTo(source.Blocks.Select(block => block.Origin));
        tried[(int)source.Count].Should().Be(source.Blocks[1].Origin, "the next sample of the batch is tried then");
    }

    [Fact]
    public async Task A_source_that_stays_away_ends_the_epoch_after_eight_samples_in_a_row()
    {
        var reads = 0;
        await using var source = await OpenAsync(_ => true, Fault.Source, _ => reads++);
        source.Count.Should().BeGreaterThan(StandIns.MostAway);
        var epoch = () => Served(new BlockLoader(source, Skipping with { Workers = 1, BatchSize = 1, Prefetch = 1 }));
        epoch.Should().Throw<EmException>().Which.Fault.Should().Be(Fault.Source);
        reads.Should().BeInRange(StandIns.MostAway, 2 * StandIns.MostAway, "one batch is read ahead");
    }

    [Theory]
    [InlineData(Fault.Configuration)]
    [InlineData(Fault.Unsupported)]
    public async Task What_is_no_damage_is_not_skipped(Fault fault)
    {
        await using var source = await OpenAsync(AtTheEdge, fault);
        var epoch = () => Served(new BlockLoader(source, Skipping));
        epoch.Should().Throw<EmException>().Which.Fault.Should().Be(fault);
    }

    [Theory]
    [InlineData(Fault.Source)]
    [InlineData(Fault.Machine)]
    [InlineData(Fault.Corrupt)]
    public async Task Nothing_is_skipped_unless_it_is_asked_for(Fault fault)
    {
        await using var source = await OpenAsync(AtTheEdge, fault);
        var loader = new BlockLoader(source, Skipping with { Unreadable = new BlockLoaderOptions().Unreadable });
        var epoch = () => Served(loader);
        epoch.Should().Throw<EmException>().Which.Fault.Should().Be(fault);
        Served(new BlockLoader(source, Skipping)).Should().HaveCount(4);
        loader.Skipped.Should().Be(0);
    }

    [Fact]
    public async Task Of_a_shard_that_is_missing_and_one_that_is_damaged_no_batch_holds_a_voxel()
    {
        using var copy = new CopiedCatalog(catalog);
        File.Delete(copy["zarr/cube.zarr/s0/c/0/0/1"]);
        var damaged = copy["zarr/cube.zarr/s0/c/1/1/0"];
        var bytes = await File.ReadAllBytesAsync(damaged);
        bytes[bytes.Length / 3] ^= 8;
        await File.WriteAllBytesAsync(damaged, bytes);
        await using var source = await BlockSource.OpenAsync(copy.Catalog, "dataset = 'cube'", new BlockOptions { Values = BlockValues.Stored });
        await using var whole = await BlockSource.OpenAsync(catalog.Folder, "dataset = 'cube'", new BlockOptions { Values = BlockValues.Stored });
        var loader = new BlockLoader(source, Skipping);
        var expected = new byte[whole.BytesPerBlock];
        foreach (var batch in loader.Epoch())
        {
            using (batch)
            {
                for (var i = 0; i < batch.Indices.Count; i++)
                {
                    batch.Blocks[i].Origin.Should().NotBe(new NdIndex(0, 0, 128)).And.NotBe(new NdIndex(128, 128, 0));
                    await whole.ReadAsync(batch.Indices[i], 0, expected);
                    batch.Data.bytes.Slice(i * expected.Length, expected.Length).SequenceEqual(expected).Should().BeTrue();
                }
            }
        }

        loader.Skipped.Should().Be(2);
        loader.SkippedErrors.Select(error => error.Fault).Should().Equal(Fault.Corrupt, Fault.Corrupt);
    }

    [Fact]
    public void A_turn_tries_every_sample_once_beginning_with_its_place_in_each_batch() =>
        Gen.Select(Gen.Long[1, 300], Gen.Int[1, 40]).SelectMany((samples, size) => Gen.Long[0, samples - 1].Select(planned => (samples, size, planned))).Sample(turn =>
        {
            var (samples, size, planned) = turn;
            var tried = Enumerable.Range(0, (int)samples).Select(attempt => StandIns.Of(planned, attempt, size, samples)).ToList();
            return tried[0] == planned && tried.Distinct().Count() == samples && tried.All(sample => sample >= 0 && sample < samples)
                && (samples % size != 0 || tried.Take((int)samples / size).All(sample => sample % size == planned % size));
        });

    [Fact]
    public void After_a_thousand_samples_in_a_row_it_is_no_single_damage_any_more() => StandIns.Tries(1_000_000).Should().Be(1000);

    /// <summary>The indices of each batch of all ranks, and how many samples were replaced, by trying one after the other.</summary>
    private static async Task<(List<List<int>> Batches, int Replaced)> ExpectedAsync(BlockSource source, BlockLoaderOptions options, Func<Box, bool> isDamaged)
    {
        var sampler = source.Sampler(options.Shuffle, options.BatchSize);
        var (indices, replaced) = (new List<int>(), 0);
        for (var planned = 0L; planned < sampler.Count; planned++)
        {
            var (sample, first) = (planned, planned);
            while (isDamaged(new Box((await sampler.PlaceAsync(0, sample)).Origin, source.Options.Shape)))
            {
                sample = (sample + options.BatchSize) % sampler.Count;
                // Nothing at that place of any batch: the next place.
                if (sample == first)
                    first = sample = (first + 1) % sampler.Count;
            }

            replaced += sample == planned ? 0 : 1;
            indices.Add((await sampler.PlaceAsync(0, sample)).Index);
        }

        return ([.. indices.Chunk(options.BatchSize).Select(batch => batch.ToList())], replaced);
    }

    private static List<List<int>> Served(BlockLoader loader)
    {
        var served = new List<List<int>>();
        foreach (var batch in loader.Epoch())
        {
            using (batch)
                served.Add([.. batch.Indices]);
        }

        return served;
    }

    private Task<BlockSource> OpenAsync(Func<Box, bool> isDamaged, Fault fault = Fault.Corrupt, Action<Box>? onRead = null) => BlockSource.OpenAsync(
        catalog.Folder, [new SampleQuery("dataset = 'cube'")], new BlockOptions { Values = BlockValues.Stored },
        (_, _) => ValueTask.FromResult<(IVolumeReader, IAsyncDisposable?)>((new DamagedVolume(catalog.Volumes["cube"].Info, isDamaged, fault, onRead), null)));
}
