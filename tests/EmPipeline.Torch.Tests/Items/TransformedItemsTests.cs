using System.Runtime.InteropServices;
using EmPipeline.Catalog;
using EmPipeline.Torch.Tests.Sampling;
using EmPipeline.Torch.Transforms;
using EmPipeline.Volumes;
using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Items;

/// <summary>Transformed items: image, labels and masks of them still belong together, and nobody sees who made them.</summary>
public sealed class TransformedItemsTests(TestCatalog catalog)
{
    private static readonly Transform[] Moves = [new Misalignment { Probability = 0.7 }, new ShiftedSection { Probability = 0.3, ReadsAround = true }, new Turn(), new Flip()];

    private static readonly Transform[] Everything =
        [.. Moves, new ShiftedSection(), new MissingSection { Fill = SectionFill.Neighbour }, new LowContrastSection(), new Intensity(), new MissingSection()];

    /// <summary>A step that needs a halo and does nothing with it.</summary>
    private sealed record Nothing : Transform
    {
        public override NdIndex Halo => new(2, 3, 5);

        public override bool ChangesValues => false;

        public override void Apply(Sample sample, ref SplitMix64 random)
        {
        }
    }

    public static TheoryData<string> Options() =>
        ["stored", "normalised", "labels", "classes, int16", "int32", "percentiles", "clipped", "4 nm", "10 nm, stored", "16 nm", "10 nm, clipped, labels"];

    [Theory]
    [InlineData(Normalisation.MeanDeviation, null)]
    [InlineData(Normalisation.MeanDeviation, 12.0)]
    [InlineData(Normalisation.Percentiles, 12.0)]
    [InlineData(Normalisation.ClippedPercentiles, null)]
    public async Task A_missing_section_of_a_volume_of_one_value_is_a_number(Normalisation normalisation, double? size)
    {
        using var folder = new TemporaryFolder();
        await catalog.BuildAsync(folder["catalog"], name => name == "small", content => content with
        {
            Blocks = content.Blocks.Select(block => block with { Min = 7, Max = 7, Mean = 7, StandardDeviation = 0, P1 = 7, P5 = 7, P25 = 7, P50 = 7, P75 = 7, P95 = 7, P99 = 7 }),
        });
        var options = new BlockOptions { Normalisation = normalisation, VoxelSize = size is { } edge ? Cube(edge) : null, Shape = NdIndex.Filled(3, 8), Transforms = [new MissingSection { Probability = 1 }] };
        await using var source = await BlockSource.OpenAsync(
            folder["catalog"], [new SampleQuery("dataset = 'small'")], options, (_, _) => ValueTask.FromResult<(IVolumeReader, IAsyncDisposable?)>((catalog.Volumes["small"], null)));
        using var dataset = new BlockDataset(source);
        using var item = dataset.GetTensor(0)["data"];
        item.data<float>().Should().OnlyContain(value => float.IsFinite(value));
    }

    [Theory]
    [MemberData(nameof(Options))]
    public async Task A_step_that_does_nothing_changes_nothing(string what)
    {
        var labelled = await CellsAsync();
        var options = new BlockOptions { RandomCrop = true, Seed = 5, Values = what.Contains("stored", StringComparison.Ordinal) ? BlockValues.Stored : BlockValues.Normalised };
        if (what.Contains("labels", StringComparison.Ordinal) || what.Contains("int", StringComparison.Ordinal))
            options = options with { Labels = ["cells", new LabelChoice("cells") { AsClasses = what.Contains("classes", StringComparison.Ordinal) }] };
        if (what.Contains("int", StringComparison.Ordinal))
            options = options with { LabelType = what.Contains("int16", StringComparison.Ordinal) ? ScalarType.Int16 : ScalarType.Int32 };
        if (what.Contains("nm", StringComparison.Ordinal))
            options = options with { VoxelSize = Cube(double.Parse(what.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)), Shape = NdIndex.Filled(3, 40) };
        options = options with
        {
            Normalisation = what switch { _ when what.Contains("clipped", StringComparison.Ordinal) => Normalisation.ClippedPercentiles, "percentiles" => Normalisation.Percentiles, _ => Normalisation.MeanDeviation },
        };

        // The odd blocks only: samples reach into others and out of the volume.
        const string Query = "(z + y + x) % 128 = 64";
        await using var plain = await labelled.OpenAsync(Query, options);
        await using var stepped = await labelled.OpenAsync(Query, options with { Transforms = [new Nothing()] });
        using var expected = new BlockDataset(plain);
        using var dataset = new BlockDataset(stepped);
        using var scope = NewDisposeScope();
        for (var i = 1; i < dataset.Count; i += 3)
        {
            var (got, wanted) = (dataset.GetTensor(i), expected.GetTensor(i));
            got.Keys.Should().BeEquivalentTo(wanted.Keys);
            foreach (var name in got.Keys)
                got[name].equal(wanted[name]).all().item<bool>().Should().BeTrue("{0} of {1}", name, i);
            var block = new byte[stepped.BytesPerBlock];
            await stepped.ReadAsync(i, 0, block);
            block.AsSpan().SequenceEqual(got["data"].bytes).Should().BeTrue();
        }
    }

    /// <summary>Each label tells its place: what image and masks have to be follows.</summary>
    [Theory]
    [InlineData("z = 0 AND y < 192", BlockValues.Stored, true)]
    [InlineData("(z + y + x) % 128 = 64", BlockValues.Normalised, true)]
    [InlineData("(z + y + x) % 128 = 64", BlockValues.Stored, false)]
    public async Task Wherever_voxels_go_image_labels_and_masks_go_together_and_none_is_of_a_block_that_was_not_chosen(string query, BlockValues values, bool moves)
    {
        var labelled = await PlacesAsync();
        await using var source = await labelled.OpenAsync(query, new BlockOptions { Values = values, RandomCrop = true, Seed = 2, Labels = ["cells"], Transforms = moves ? Moves : [] });
        var chosen = source.Blocks.Select(block => (block.Z / 64, block.Y / 64, block.X / 64)).ToHashSet();
        var (volume, shifted) = (catalog.Volumes["small"], 0);
        var statistics = (await new CatalogReader(catalog.MixedFolder).ReadStatisticsAsync())[("small", 0)];
        foreach (var batch in new BlockLoader(source).Epoch())
        {
            using (batch)
            {
                var image = batch.Data.to(ScalarType.Float32).data<float>().ToArray();
                var (labels, mask) = (batch.Labels!.data<long>().ToArray(), batch.Mask!.data<byte>().ToArray());
                for (var i = 0; i < image.Length; i += 3)
                {
                    var (valid, known) = (mask[((i >> 18) << 19) + (i & 0x3FFFF)], mask[((i >> 18) << 19) + (1 << 18) + (i & 0x3FFFF)]);
                    if (labels[i] < 0)
                    {
                        if ((image[i], valid, known) != (0, 0, 0))
                            Assert.Fail($"{i}: got {image[i]}, {valid}, {known}, expected nothing");
                        continue;
                    }

                    var at = labels[i] - Far;
                    var (z, y, x) = (at / (200 * 140), at / 140 % 200, at % 140);
                    var grey = (float)volume.At(z, y, x);
                    if ((valid, known) != (1, 1) || !chosen.Contains((z / 64, y / 64, x / 64)))
                        Assert.Fail($"{i}: got {valid}, {known} of {(z, y, x)}");
                    if (Math.Abs((values == BlockValues.Stored ? grey : (grey - statistics.Mean) / statistics.StandardDeviation) - image[i]) > 1e-4)
                        Assert.Fail($"{i}: got {image[i]}, expected that of {(z, y, x)}, {grey}");
                }

                shifted += labels.Count(label => label < 0);
            }
        }

        shifted.Should().BeGreaterThan(1000);
    }

    [Fact]
    public async Task Any_number_of_workers_and_ranks_serves_the_same_and_so_does_who_goes_on_from_a_state()
    {
        var labelled = await PlacesAsync();
        var options = new BlockOptions { Shape = NdIndex.Filled(3, 32), RandomCrop = true, Seed = 2, Labels = ["cells"], Transforms = Everything };
        await using var source = await labelled.OpenAsync("", options);
        var loader = new BlockLoaderOptions { BatchSize = 4, Workers = 1 };
        var all = Hashes(new BlockLoader(source, loader).Epochs(0, 2)).ToList();
        all.Distinct().Should().HaveCount(all.Count);
        Hashes(new BlockLoader(source, loader with { Workers = 3 }).Epochs(0, 2)).Should().Equal(all);

        var ranks = Enumerable.Range(0, 2).Select(rank => Hashes(new BlockLoader(source, loader with { WorldSize = 2, Rank = rank }).Epoch()).ToList()).ToList();
        ranks[0].Zip(ranks[1], (a, b) => new[] { a, b }).SelectMany(pair => pair).Should().Equal(all.Take((int)source.Count));

        LoaderState? state = null;
        foreach (var batch in new BlockLoader(source, loader).Epoch())
        {
            using (batch)
                state ??= batch.State;
        }

        Hashes(new BlockLoader(source, loader).Resume(state!, 2)).Should().Equal(all.Skip(4));
        await using var other = await labelled.OpenAsync("", options with { Transforms = [.. Everything.SkipLast(1), new MissingSection { Probability = 0.06 }] });
        var resume = () => new BlockLoader(other, loader).Resume(state!);
        resume.Should().Throw<EmException>().WithMessage("loader state: got one of another options*");

        using var dataset = new BlockDataset(source);
        using var scope = NewDisposeScope();
        var item = dataset.GetTensor(3)["data"];
        Hash(item.unsqueeze(0)).Should().Be(Hashes(new BlockLoader(source, loader with { Shuffle = false }).Epoch()).ElementAt(3));
    }

    [Fact]
    public async Task Grey_values_that_are_kept_as_stored_cannot_be_changed()
    {
        var labelled = await CellsAsync();
        var open = () => labelled.OpenAsync("", new BlockOptions { Values = BlockValues.Stored, Transforms = [new Intensity()] });
        (await open.Should().ThrowAsync<EmException>()).WithMessage("Transforms: got Intensity*expected none that changes grey values*").Which.Fault.Should().Be(Fault.Configuration);
    }

    private const long Far = 1L << 60;

    private static VoxelSize Cube(double edge) => new(edge, edge, edge);

    private Task<LabelledSmall> CellsAsync() => catalog.ShareAsync("cells", () => LabelledSmall.MakeAsync(
        catalog, Cube(16), (4, 4, 4), new NdIndex(60, 80, 70), voxel => new ulong[] { 0, 1, 2, 7, 9, 255 }[(int)(((voxel[0] / 3) + (voxel[1] / 5) + (voxel[2] / 4)) % 6)]));

    private Task<LabelledSmall> PlacesAsync() => catalog.ShareAsync("places", () => LabelledSmall.MakeAsync(
        catalog, Cube(8), default, new NdIndex(130, 200, 140), voxel => (ulong)(Far + (((voxel[0] * 200) + voxel[1]) * 140) + voxel[2]), VoxelType.UInt64, "instances"));

    private static IEnumerable<ulong> Hashes(IEnumerable<BlockBatch> batches)
    {
        foreach (var batch in batches)
        {
            using (batch)
            {
                for (var i = 0; i < batch.Indices.Count; i++)
                    yield return Hash(batch.Data.narrow(0, i, 1));
            }
        }
    }

    private static ulong Hash(Tensor item)
    {
        var hash = 0ul;
        foreach (var bits in MemoryMarshal.Cast<float, uint>(item.data<float>().ToArray()))
            hash = ((hash << 7) | (hash >> 57)) * 0x9E3779B97F4A7C15 ^ bits;
        return hash;
    }
}
