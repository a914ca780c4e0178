using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Sampling;

public sealed class ForegroundTests(TestCatalog catalog)
{
    private static readonly BlockOptions Crops = new() { Shape = NdIndex.Filled(3, 24), Values = BlockValues.Stored, Seed = 3, RandomCrop = true };
    private static readonly VoxelSize Same = new(8, 8, 8);
    private static readonly NdIndex Image = new(130, 200, 140);

    private static BlockOptions With(double share, params ForegroundClass[] classes) => Crops with { Foreground = new Foreground { Share = share, Classes = classes } };

    // A thousandth of the voxels is rare, a tenth common.
    private static ulong Scattered(NdIndex voxel) => SplitMix64.Keyed((ulong)voxel[0], (ulong)voxel[1], (ulong)voxel[2]).Below(1000) switch { 0 => 2, < 100 => 1, < 110 => 255, < 120 => 7, < 125 => 9, _ => 0 };

    private Task<LabelledSmall> ScatteredAsync() => catalog.ShareAsync("scattered", () => LabelledSmall.MakeAsync(catalog, Same, default, Image, Scattered));

    [Theory]
    [InlineData("rare", 8, 8, 8, 0)]
    [InlineData("both", 8, 8, 8, 64)]
    [InlineData("common", 20, 12, 13, -30)]
    [InlineData("rare", 3.5, 8, 30, 101)]
    public async Task A_foreground_sample_holds_a_voxel_of_its_class_and_keeps_to_its_query(string name, double z, double y, double x, double centre)
    {
        using var labelled = await LabelledSmall.MakeAsync(catalog, new VoxelSize(z, y, x), (centre, centre, centre), new NdIndex(70, 80, 60), Scattered);
        await using var source = await labelled.OpenAsync("dataset = 'small' AND (x = 64 OR y = 0)", With(1, new ForegroundClass(name)));
        foreach (var place in await Places(source, 60))
        {
            source.Blocks[place.Index].Should().Be(place.Block);
            place.Chosen.Contains(new Box(place.Origin, Crops.Shape)).Should().BeTrue();
            var classes = LabelledSmall.Voxels(new Box(place.Origin, Crops.Shape).Intersect(Box.Whole(Image))).Select(voxel => labelled.ClassOf(labelled.AtImage(voxel)));

            // Where label voxels are finer, the one that was drawn need not be the one at the image voxel's centre.
            if (Math.Min(z, Math.Min(y, x)) >= 8)
                classes.Should().Contain(name);
            place.Number.Should().BeNegative();
        }
    }

    [Fact]
    public async Task A_sample_takes_one_read_of_the_label()
    {
        var labelled = await ScatteredAsync();
        await using var source = await labelled.OpenAsync("dataset = 'small'", With(1, new ForegroundClass("rare")));
        var before = labelled.Reads;
        var places = await Places(source, 200);
        (labelled.Reads - before).Should().Be(places.Count);
    }

    [Fact]
    public async Task Every_voxel_of_a_class_is_as_likely_as_the_other()
    {
        // Twelve voxels: eight in one chunk, four alone; the block that two of them lie in is not chosen.
        NdIndex[] voxels = [.. Enumerable.Range(0, 8).Select(i => new NdIndex(1, 2, i)), new NdIndex(70, 70, 70), new NdIndex(0, 80, 0), new NdIndex(129, 199, 139), new NdIndex(129, 199, 138)];
        using var labelled = await LabelledSmall.MakeAsync(catalog, Same, default, Image, voxel => voxels.Contains(voxel) ? 2u : 0u);
        await using var source = await labelled.OpenAsync("dataset = 'small' AND NOT (z = 128 AND y = 192 AND x = 128)", With(1, new ForegroundClass("rare")) with { Shape = NdIndex.Filled(3, 1) });
        const int draws = 5000;
        var drawn = (await Places(source, draws)).CountBy(place => place.Origin).ToDictionary();
        drawn.Keys.Should().BeEquivalentTo(voxels.Take(10));

        // Six deviations of 500 are 127.
        drawn.Values.Should().OnlyContain(count => count > (draws / 10) - 130 && count < (draws / 10) + 130);
    }

    [Fact]
    public async Task Shares_hold_in_each_batch_and_over_all()
    {
        var labelled = await ScatteredAsync();
        await using var source = await labelled.OpenAsync("dataset = 'small'", With(1.0 / 3, new ForegroundClass("rare", 3), new ForegroundClass("common")));
        const int size = 8;
        var (foreground, samples) = (0, 0);
        var sampler = source.Sampler(shuffle: true, size);
        for (var epoch = 0; epoch < 40; epoch++)
        {
            for (var first = 0; first < sampler.Count; first += size)
            {
                var places = new List<SamplePlace>();
                for (var sample = first; sample < Math.Min(sampler.Count, first + size); sample++)
                    places.Add(await sampler.PlaceAsync(epoch, sample));
                var here = places.Count(place => place.Number < 0);
                Math.Abs(here - (places.Count / 3.0)).Should().BeLessThan(1);
                (foreground, samples) = (foreground + here, samples + places.Count);
            }
        }

        ((double)foreground / samples).Should().BeApproximately(1.0 / 3, 0.01 / 3);
    }

    [Fact]
    public void Classes_have_their_shares()
    {
        var shares = new ForegroundShares(new Foreground { Share = 0.4, Classes = [new("a"), new("b", 2), new("c", 5)] }, 9);
        const int batches = 20_000;
        var counts = new int[3];
        for (var batch = 0; batch < batches; batch++)
        {
            var here = new int[3];
            for (var position = 0; position < 6; position++)
            {
                if (shares.ClassOf(batch, position, 6) is { } number)
                    here[number]++;
            }

            for (var i = 0; i < 3; i++)
            {
                Assert.True(Math.Abs(here[i] - (6 * 0.4 * new[] { 1, 2, 5 }[i] / 8)) < 1);
                counts[i] += here[i];
            }
        }

        for (var i = 0; i < 3; i++)
            (counts[i] / (6.0 * batches)).Should().BeApproximately(0.4 * new[] { 1, 2, 5 }[i] / 8, 0.001);
    }

    [Fact]
    public async Task Weights_of_queries_stay_and_each_draws_from_its_own_blocks()
    {
        var labelled = await ScatteredAsync();
        await using var source = await labelled.OpenAsync(
            [new SampleQuery("dataset = 'small' AND x = 0") { Weight = 3 }, new SampleQuery("dataset = 'small' AND x = 64") { Weight = 1 }],
            With(0.5, new ForegroundClass("common")) with { Mixing = Mixing.Repeat });
        var places = await Places(source, 400);
        places.Count(place => place.Block.X == 0).Should().Be(300);
        places.Count(place => place.Number < 0).Should().BeInRange(199, 201);
        places.Should().OnlyContain(place => place.Origin[2] >= place.Block.X && place.Origin[2] + 24 <= place.Block.X + 64);
    }

    [Fact]
    public async Task Ids_are_exact_to_64_bits_and_unknown_is_no_object()
    {
        using var labelled = await LabelledSmall.MakeAsync(
            catalog, Same, default, Image, voxel => voxel == new NdIndex(5, 6, 7) ? ulong.MaxValue : voxel == new NdIndex(64, 64, 64) ? (1ul << 53) + 1 : voxel[0] == 100 ? 255u : 0u,
            VoxelType.UInt64, "instances");
        await using var source = await labelled.OpenAsync("dataset = 'small'", With(1, new ForegroundClass("cells")) with { Shape = NdIndex.Filled(3, 1) });
        (await Places(source, 60)).Select(place => place.Origin).Distinct().Should().BeEquivalentTo([new NdIndex(5, 6, 7), new NdIndex(64, 64, 64)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task What_is_served_follows_from_seed_and_epoch_alone(int workers)
    {
        var labelled = await ScatteredAsync();
        await using var source = await labelled.OpenAsync("dataset = 'small'", With(0.5, new ForegroundClass("rare")));
        await using var again = await labelled.OpenAsync("dataset = 'small'", With(0.5, new ForegroundClass("rare")));
        Sums(again, workers).Should().Equal(Sums(source, 2));

        static List<long> Sums(BlockSource source, int workers)
        {
            var sums = new List<long>();
            foreach (var batch in new BlockLoader(source, new BlockLoaderOptions { BatchSize = 5, Workers = workers }).Epoch(2))
            {
                using (batch)
                    sums.Add(batch.Data.bytes.ToArray().Select((value, i) => (long)value * i).Sum());
            }

            return sums;
        }
    }

    [Fact]
    public async Task An_absent_class_is_named_with_those_that_there_are()
    {
        using var labelled = await LabelledSmall.MakeAsync(catalog, Same, default, Image, voxel => voxel[2] < 60 ? 1u : 0u);
        var unknown = () => labelled.OpenAsync("dataset = 'small'", With(1, new ForegroundClass("nuclei")));
        (await unknown.Should().ThrowAsync<EmException>()).WithMessage("foreground: got class 'nuclei', of which the chosen blocks of small hold no voxel*both of small, common of small, rare of small.").Which.Fault.Should().Be(Fault.Configuration);
        var elsewhere = () => labelled.OpenAsync("dataset = 'small' AND x = 64", With(1, new ForegroundClass("common")));
        await elsewhere.Should().ThrowAsync<EmException>().WithMessage("foreground: got class 'common'*");
    }

    [Fact]
    public async Task Labels_of_fractions_are_refused()
    {
        using var labelled = await LabelledSmall.MakeAsync(catalog, Same, default, Image, Scattered, VoxelType.Float32);
        var open = () => labelled.OpenAsync("dataset = 'small'", With(1, new ForegroundClass("common")));
        (await open.Should().ThrowAsync<EmException>()).WithMessage("label groundtruth/cells of small: got float32, expected whole numbers*").Which.Fault.Should().Be(Fault.Unsupported);
    }

    [Fact]
    public async Task Of_what_cannot_be_read_foreground_is_replaced_by_foreground_and_the_rest_by_the_rest()
    {
        using var labelled = await LabelledSmall.MakeAsync(catalog, Same, default, Image, Scattered);
        labelled.IsDamaged = box => box.Origin[2] < 50;
        await using var source = await labelled.OpenAsync("dataset = 'small'", With(0.5, new ForegroundClass("rare"), new ForegroundClass("common")) with { Shape = NdIndex.Filled(3, 1) });
        foreach (var (world, workers) in ((int, int)[])[(1, 1), (1, 3), (2, 2)])
        {
            var served = new Dictionary<(int Batch, int Position), NdIndex>();
            var skipped = 0L;
            for (var rank = 0; rank < world; rank++)
            {
                var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 4, Workers = workers, WorldSize = world, Rank = rank, Unreadable = UnreadablePolicy.Skip });
                foreach (var (number, batch) in loader.Epoch(1).Index())
                {
                    using (batch)
                    {
                        var origins = batch.Tensors["origin"].data<long>().ToArray().Chunk(3).ToList();
                        for (var i = 0; i < origins.Count; i++)
                            served.Add((number, (i * world) + rank), new NdIndex(origins[i]));
                    }
                }

                skipped += loader.Skipped;
            }

            skipped.Should().BePositive();
            _first ??= served;
            served.Should().Equal(_first, "ranks and workers decide nothing");
            served.Values.Should().OnlyContain(origin => origin[2] >= 50);
            foreach (var batch in served.GroupBy(sample => sample.Key.Batch).Where(batch => batch.Count() == 4))
                batch.Count(sample => labelled.ClassOf(labelled.AtImage(sample.Value)) is "rare" or "common").Should().BeGreaterThanOrEqualTo(2);
        }
    }

    private Dictionary<(int Batch, int Position), NdIndex>? _first;

    [Fact]
    public async Task Options_out_of_range_are_configuration_errors()
    {
        var labelled = await ScatteredAsync();
        foreach (var wrong in new[] { With(0, new ForegroundClass("rare")), With(1.1, new ForegroundClass("rare")), With(double.NaN, new ForegroundClass("rare")), With(1), With(1, new ForegroundClass("rare", -1)) })
        {
            var open = () => labelled.OpenAsync("dataset = 'small'", wrong);
            (await open.Should().ThrowAsync<EmException>()).WithMessage("foreground: got *, expected *").Which.Fault.Should().Be(Fault.Configuration);
        }
    }

    private static async Task<List<SamplePlace>> Places(BlockSource source, int count)
    {
        var sampler = source.Sampler(shuffle: true, batchSize: 4);
        var places = new List<SamplePlace>();
        for (var i = 0L; i < count; i++)
            places.Add(await sampler.PlaceAsync((int)(i / sampler.Count), i % sampler.Count));
        return places;
    }
}
