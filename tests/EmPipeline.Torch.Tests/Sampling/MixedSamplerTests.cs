using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Sampling;

public sealed class MixedSamplerTests(TestCatalog catalog)
{
    private static readonly BlockOptions Small = new() { Shape = NdIndex.Filled(3, 16), Values = BlockValues.Stored, Seed = 3, RandomCrop = true };

    // 12 blocks and 4.
    private Task<BlockSource> Open(Mixing mixing, double? cube, double? thin) => BlockSource.OpenAsync(
        catalog.Folder, [new SampleQuery("dataset = 'cube'") { Weight = cube }, new SampleQuery("dataset = 'thin'") { Weight = thin }], Small with { Mixing = mixing });

    [Fact]
    public async Task Without_weights_every_block_comes_once_an_epoch()
    {
        await using var source = await Open(Mixing.Proportion, null, null);
        for (var epoch = 0; epoch < 3; epoch++)
            (await Places(source, epoch)).Select(place => place.Index).Order().Should().Equal(Enumerable.Range(0, source.Blocks.Count));
    }

    [Fact]
    public async Task In_proportion_no_block_comes_twice_and_all_come_in_time()
    {
        await using var source = await Open(Mixing.Proportion, 1, 1);
        source.Count.Should().Be(8);
        var seen = new HashSet<int>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var places = await Places(source, epoch);
            places.Select(place => place.Index).Should().OnlyHaveUniqueItems();
            places.Count(place => place.Block.Dataset == "thin").Should().Be(4);
            seen.UnionWith(places.Select(place => place.Index));
        }

        seen.Should().HaveCount(source.Blocks.Count);
    }

    [Fact]
    public async Task Repeated_blocks_come_at_other_places_of_theirs()
    {
        await using var source = await Open(Mixing.Repeat, 1, 1);
        source.Count.Should().Be(24);
        var places = await Places(source, 0);
        places.GroupBy(place => place.Index).Should().OnlyContain(block => block.Count() == (block.First().Block.Dataset == "thin" ? 3 : 1));
        places.Select(place => (place.Index, place.Origin)).Should().OnlyHaveUniqueItems();
        places.Select(place => (place.Epoch, place.Number)).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Chosen_blocks_are_drawn_with_replacement()
    {
        await using var source = await Open(Mixing.Choose, 3, 1);
        var drawn = new List<SamplePlace>();
        for (var epoch = 0; epoch < 200; epoch++)
            drawn.AddRange(await Places(source, epoch));
        drawn.Take((int)source.Count).Select(place => place.Index).Distinct().Count().Should().BeLessThan((int)source.Count);
        drawn.Count(place => place.Block.Dataset == "cube").Should().Be(drawn.Count * 3 / 4);
        drawn.GroupBy(place => place.Index).Should().HaveCount(source.Blocks.Count).And.OnlyContain(block => block.Count() > 100 && block.Count() < 320, "200 are expected");
    }

    [Fact]
    public async Task A_crop_keeps_to_what_its_own_query_chose()
    {
        await using var source = await BlockSource.OpenAsync(
            catalog.MixedFolder, [new SampleQuery("dataset = 'small' AND x = 64"), new SampleQuery("dataset = 'small' AND x = 0")], Small with { Shape = NdIndex.Filled(3, 32) });
        for (var epoch = 0; epoch < 10; epoch++)
            (await Places(source, epoch)).Should().OnlyContain(place => place.Origin[2] >= place.Block.X && place.Origin[2] + 32 <= place.Block.X + 64);
    }

    [Theory]
    [InlineData(1.0, null, "weights: got 1 for 2 queries, expected one for each or none.")]
    [InlineData(1.0, 0.0, "weight of query 'dataset = 'thin'': got 0, expected a number above 0.*")]
    [InlineData(double.NaN, 1.0, "weight of query*: got NaN*")]
    [InlineData(1e-12, 1.0, "weights: got an epoch of *")]
    public async Task Wrong_weights_are_configuration_errors(double? cube, double? thin, string message) =>
        (await FluentActions.Awaiting(() => Open(Mixing.Repeat, cube, thin)).Should().ThrowAsync<EmException>()).WithMessage(message).Which.Fault.Should().Be(Fault.Configuration);

    private static async Task<List<SamplePlace>> Places(BlockSource source, int epoch)
    {
        var sampler = source.Sampler(shuffle: true, batchSize: 5);
        var places = new List<SamplePlace>();
        for (var sample = 0; sample < sampler.Count; sample++)
            places.Add(await sampler.PlaceAsync(epoch, sample));
        return places;
    }
}
