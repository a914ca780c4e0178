using EmPipeline.Torch.Tests.Sampling;
using EmPipeline.Volumes;
using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Items;

/// <summary>What a sample holds beyond its volume, or that there is no such sample.</summary>
public sealed class OutsideTests(TestCatalog catalog)
{
    [Theory]
    [InlineData("thin", false, 128)]
    [InlineData("thin", true, 128)]
    [InlineData("signed", true, 150)]
    [InlineData("cube", false, 128)]
    public async Task Reflected_is_what_the_sample_itself_holds_of_the_volume(string dataset, bool crops, int edge)
    {
        var volume = catalog.Volumes[dataset];
        var options = new BlockOptions { Shape = NdIndex.Filled(3, edge), Values = BlockValues.Stored, RandomCrop = crops, Outside = Outside.Reflect };
        await using var source = await BlockSource.OpenAsync(catalog.Folder, $"dataset = '{dataset}'", options, TestContext.Current.CancellationToken);
        using var blocks = new BlockDataset(source);
        for (var index = 0; index < source.Count; index++)
        {
            using var scope = NewDisposeScope();
            var (origin, data) = (source.Origin(index), blocks.GetTensor(index)["data"].to(ScalarType.Float32).data<float>().ToArray());
            var inside = new Box(origin, options.Shape).Intersect(Box.Whole(volume.Info.Shape));
            for (var i = 0; i < data.Length; i += 37)
            {
                var at = Mirrored(origin + Place(i, edge), inside);
                if (data[i] != (float)volume.At(at[0], at[1], at[2]))
                    Assert.Fail($"{source.Blocks[index]} at {Place(i, edge)}: got {data[i]}, expected {volume.At(at[0], at[1], at[2])}");
            }
        }
    }

    [Fact]
    public async Task Normalised_values_are_reflected_too()
    {
        var stored = await ReadAsync(BlockValues.Stored);
        var normalised = await ReadAsync(BlockValues.Normalised);
        var pairs = normalised.Zip(stored).Distinct().ToList();
        pairs.Should().HaveSameCount(stored.Distinct(), "each grey value has one normalised value, beyond the volume too");

        async Task<float[]> ReadAsync(BlockValues values)
        {
            using var blocks = new BlockDataset(await BlockSource.OpenAsync(catalog.Folder, "dataset = 'thin'", new BlockOptions { Values = values, Outside = Outside.Reflect }));
            using var scope = NewDisposeScope();
            return blocks.GetTensor(0)["data"].to(ScalarType.Float32).data<float>().ToArray();
        }
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(10.0, false)]
    [InlineData(null, true)]
    public async Task Labels_and_masks_are_reflected_with_the_image(double? edge, bool transformed)
    {
        const int Length = 144;
        using var labelled = await LabelledSmall.MakeAsync(catalog, new VoxelSize(16, 16, 16), (4, 4, 4), new NdIndex(65, 100, 60), voxel => (ulong)((voxel[0] + (2 * voxel[1]) + voxel[2]) % 5 == 0 ? 255 : (voxel[0] + voxel[1]) % 3));
        var options = new BlockOptions { Shape = NdIndex.Filled(3, Length), Labels = ["cells"], RandomCrop = true, VoxelSize = edge is { } nm ? new VoxelSize(nm, nm, nm) : null };
        using var padded = new BlockDataset(await labelled.OpenAsync("", options));
        using var reflected = new BlockDataset(await labelled.OpenAsync("", options with { Outside = Outside.Reflect, Transforms = transformed ? [new Flip { Z = false, Y = false, X = false }] : [] }));
        using var scope = NewDisposeScope();
        var (before, after) = (padded.GetTensor(3), reflected.GetTensor(3));
        var known = before["mask"].data<byte>().ToArray().AsSpan(0, Length * Length * Length).ToArray();
        var inside = Bounds(known, Length);
        inside.Shape[0].Should().BeLessThan(Length, "the volume is thinner than the sample");
        var (image, labels, mask) = (Both("data", tensor => tensor.data<float>().ToArray()), Both("labels", tensor => tensor.data<long>().ToArray()), Both("mask", tensor => tensor.data<byte>().ToArray()));
        mask.After.AsSpan(0, known.Length).Contains((byte)0).Should().BeFalse("a mirrored voxel is as valid as the voxel itself");
        for (var i = 0; i < known.Length; i += 11)
        {
            var at = Mirrored(Place(i, Length), inside);
            var from = (int)((((at[0] * Length) + at[1]) * Length) + at[2]);
            if (image.After[i] != image.Before[from] || labels.After[i] != labels.Before[from] || mask.After[known.Length + i] != mask.Before[known.Length + from])
                Assert.Fail($"{Place(i, Length)}: expected what lies at {at}");
        }

        (T[] Before, T[] After) Both<T>(string name, Func<Tensor, T[]> values) => (values(before[name]), values(after[name]));
    }

    [Fact]
    public async Task What_a_query_did_not_choose_is_not_reflected_into_a_sample()
    {
        using var blocks = new BlockDataset(await BlockSource.OpenAsync(
            catalog.MixedFolder, "dataset = 'small' AND z = 128 AND y = 64 AND x = 64", new BlockOptions { Shape = new NdIndex(64, 100, 64), Values = BlockValues.Stored, Outside = Outside.Reflect }));
        using var scope = NewDisposeScope();
        var data = blocks.GetTensor(0)["data"].data<byte>().ToArray();

        // Two sections are inside of the volume; along y the sample reaches into a block that was not chosen.
        for (var i = 0; i < data.Length; i += 7)
            (data[i] != 0).Should().Be(i / 64 % 100 < 64);
    }

    [Theory]
    [InlineData("dataset = 'cube'", false, 128, 4)]
    [InlineData("dataset = 'cube'", true, 128, 12)]
    [InlineData("dataset = 'cube'", false, 32, 12)]
    [InlineData("dataset IN ('cube', 'thin')", true, 128, 12)]
    public async Task Samples_that_would_reach_out_are_skipped(string query, bool crops, int edge, int samples)
    {
        var options = new BlockOptions { Shape = NdIndex.Filled(3, edge), RandomCrop = crops, Outside = Outside.Skip, Values = BlockValues.Stored };
        await using var source = await BlockSource.OpenAsync(catalog.Folder, query, options, TestContext.Current.CancellationToken);
        source.Count.Should().Be(samples);
        var voxels = new byte[source.BytesPerBlock];
        for (var index = 0; index < source.Count; index++)
        {
            Box.Whole(catalog.Volumes[source.Blocks[index].Dataset].Info.Shape).Contains(new Box(source.Origin(index), options.Shape)).Should().BeTrue();
            await source.ReadAsync(index, 0, voxels, TestContext.Current.CancellationToken);
            if (edge == 32 || crops)
                voxels.Should().NotContain((byte)0);
        }
    }

    [Fact]
    public async Task Where_no_sample_is_left_the_error_says_so()
    {
        var open = () => BlockSource.OpenAsync(catalog.Folder, "dataset = 'thin'", new BlockOptions { RandomCrop = true, Outside = Outside.Skip });
        var error = (await open.Should().ThrowAsync<EmException>()).Which;
        error.Fault.Should().Be(Fault.Configuration);
        error.Message.Should().Contain("samples of 128×128×128 voxels all reach beyond").And.Contain("Outside is Skip").And.Contain("dataset = 'thin'");
    }

    /// <summary>The voxel that is held in the place of one that lies beyond.</summary>
    private static NdIndex Mirrored(NdIndex voxel, Box inside)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            var (first, last) = (inside.Origin[axis], inside.End[axis] - 1);
            while (first < last && (voxel[axis] < first || voxel[axis] > last))
                voxel[axis] = voxel[axis] < first ? (2 * first) - voxel[axis] : (2 * last) - voxel[axis];
            if (first == last)
                voxel[axis] = first;
        }

        return voxel;
    }

    private static NdIndex Place(int i, int edge) => new(i / (edge * edge), i / edge % edge, i % edge);

    private static Box Bounds(byte[] known, int edge) =>
        Box.FromEnds(Place(Array.IndexOf(known, (byte)1), edge), Place(Array.LastIndexOf(known, (byte)1), edge) + NdIndex.Filled(3, 1));
}
