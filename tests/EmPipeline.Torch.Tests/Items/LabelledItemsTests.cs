using EmPipeline.Torch.Tests.Sampling;
using EmPipeline.Volumes;
using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Items;

/// <summary>Image, labels and masks of one place go together, whatever the grids.</summary>
public sealed class LabelledItemsTests(TestCatalog catalog)
{
    private static readonly ulong[] Known = [0, 1, 2, 7, 9, 255];

    [Theory]
    [InlineData(8, 0, VoxelType.UInt8)]
    [InlineData(16, 4, VoxelType.UInt32)]
    [InlineData(8, 88, VoxelType.UInt64)]
    [InlineData(5, -13, VoxelType.UInt16)]
    public async Task Every_voxel_has_the_label_at_its_centre_and_the_mask_says_where_somebody_looked(double size, double centre, VoxelType type)
    {
        using var labelled = await MakeAsync(size, centre, type);
        await using var source = await labelled.OpenAsync("", new BlockOptions { Values = BlockValues.Stored, RandomCrop = true, Labels = ["cells"], Seed = 3 });
        var loader = new BlockLoader(source, new BlockLoaderOptions { BatchSize = 4, Workers = 2 });
        var volume = catalog.Volumes["small"];
        var (depth, height, width) = (volume.Info.Shape[0], volume.Info.Shape[1], volume.Info.Shape[2]);
        foreach (var batch in loader.Epoch())
        {
            using (batch)
            {
                batch.Labels!.shape.Should().Equal(batch.Data.shape[0], 1, 64, 64, 64);
                var (image, labels, mask) = (batch.Data.data<byte>().ToArray(), batch.Labels!.data<long>().ToArray(), batch.Mask!.data<byte>().ToArray());
                var (origins, places, sizes) = (batch.Tensors["origin"].data<long>().ToArray(), batch.Tensors["origin_nm"].data<double>().ToArray(), batch.Tensors["voxel_size_nm"].data<double>().ToArray());
                for (var item = 0; item < batch.Indices.Count; item++)
                {
                    var origin = new NdIndex(origins.AsSpan(item * 3, 3));
                    places[(item * 3) + 2].Should().Be(8.0 * origin[2]);
                    sizes[item * 3].Should().Be(8);
                    for (var i = 0; i < 64 * 64 * 64; i += 7)
                    {
                        var (z, y, x) = (origin[0] + (i / 4096), origin[1] + (i / 64 % 64), origin[2] + (i % 64));
                        var inside = z < depth && y < height && x < width;
                        var expected = Expected(labelled, z, y, x);
                        var at = (item << 18) + i;
                        var annotated = expected is not (-1 or 255);
                        if (image[at] != volume.At(z, y, x) || labels[at] != expected
                            || mask[(item << 19) + i] != (inside ? 1 : 0) || mask[(item << 19) + (1 << 18) + i] != (annotated ? 1 : 0))
                            Assert.Fail($"{(z, y, x)}: got {labels[at]}, masks {mask[(item << 19) + i]}, {mask[(item << 19) + (1 << 18) + i]}, expected {expected}, {inside}, {annotated}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int16)]
    public async Task Classes_are_numbered_in_their_order_and_what_nobody_looked_at_is_minus_one(ScalarType type)
    {
        using var labelled = await MakeAsync(16, 4, VoxelType.UInt8);
        await using var source = await labelled.OpenAsync("z = 0 AND y = 0 AND x = 0", new BlockOptions { Labels = [new LabelChoice("cells") { AsClasses = true }], LabelType = type });
        source.LabelClasses[0].Should().Equal("common", "rare", "both");
        using var dataset = new BlockDataset(source);
        using var scope = NewDisposeScope();
        var item = dataset.GetTensor(0);
        var (labels, mask) = (item["labels"].to(ScalarType.Int64).data<long>().ToArray(), item["mask"].data<byte>().ToArray());
        for (var i = 0; i < labels.Length; i++)
        {
            long expected = Expected(labelled, i / 4096, i / 64 % 64, i % 64) switch { 1 => 1, 2 => 2, 7 or 9 => 3, -1 or 255 => -1, _ => 0 };
            if (labels[i] != expected || mask[(1 << 18) + i] != (expected < 0 ? 0 : 1))
                Assert.Fail($"{i}: got {labels[i]}, {mask[(1 << 18) + i]}, expected {expected}");
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    public async Task Another_voxel_size_gives_labels_of_the_nearest_voxel_and_the_image_between_its_neighbours(double edge)
    {
        using var labelled = await MakeAsync(16, 4, VoxelType.UInt8);
        await using var source = await labelled.OpenAsync(
            "z = 64 AND y = 64 AND x = 64",
            new BlockOptions { Values = BlockValues.Stored, Shape = NdIndex.Filled(3, 32), VoxelSize = new VoxelSize(edge, edge, edge), Labels = ["cells"] });
        using var dataset = new BlockDataset(source);
        using var scope = NewDisposeScope();
        var item = dataset.GetTensor(0);
        item["voxel_size_nm"].data<double>().ToArray().Should().Equal(edge, edge, edge);
        var place = item["origin_nm"].data<double>().ToArray();
        place.Should().OnlyContain(p => p == (64 * 8) - 4 + (edge / 2));
        var (image, labels) = (item["data"].data<float>().ToArray(), item["labels"].data<long>().ToArray());
        var grid = VoxelGrid.Of(labelled.Label.Shape, labelled.Label.VoxelSize, labelled.Label.Centre);
        for (var i = 0; i < labels.Length; i++)
        {
            var p = new[] { place[0] + (i / 1024 * edge), place[1] + (i / 32 % 32 * edge), place[2] + (i % 32 * edge) };
            ((ulong)labels[i]).Should().Be(labelled.At(new NdIndex(grid.Z.IndexOf(p[0]), grid.Y.IndexOf(p[1]), grid.X.IndexOf(p[2]))));
            Math.Abs(image[i] - Between([.. p.Select(place => place / 8)])).Should().BeLessThan(1e-3);
        }
    }

    [Fact]
    public async Task A_label_that_is_absent_is_an_error_or_unknown_if_it_may_be()
    {
        using var labelled = await MakeAsync(8, 0, VoxelType.UInt8);
        var open = () => labelled.OpenAsync("", new BlockOptions { Labels = ["nuclei"] });
        (await open.Should().ThrowAsync<EmException>()).WithMessage("labels: got groundtruth/nuclei, expected one of dataset 'small': groundtruth/cells.*").Which.Fault.Should().Be(Fault.Configuration);

        await using var source = await labelled.OpenAsync("z = 0 AND y = 0 AND x = 0", new BlockOptions { Labels = [new LabelChoice("nuclei") { IsOptional = true }] });
        using var dataset = new BlockDataset(source);
        using var scope = NewDisposeScope();
        var item = dataset.GetTensor(0);
        item["labels"].data<long>().ToArray().Should().OnlyContain(label => label == -1);
        item["mask"].sum([1, 2, 3]).data<long>().ToArray().Should().Equal(1 << 18, 0);
    }

    [Fact]
    public async Task A_label_beside_its_image_a_float_label_and_a_type_that_is_too_narrow_are_refused()
    {
        using var beside = await MakeAsync(8, 8 * 200, VoxelType.UInt8);
        var open = () => beside.OpenAsync("", new BlockOptions { Labels = ["cells"] });
        (await open.Should().ThrowAsync<EmException>()).WithMessage("label groundtruth/cells of dataset 'small': got *expected an overlap with its image*");

        using var floats = await MakeAsync(8, 0, VoxelType.Float32);
        open = () => floats.OpenAsync("", new BlockOptions { Labels = ["cells"] });
        (await open.Should().ThrowAsync<EmException>()).WithMessage("*got float32, expected whole numbers*");

        using var wide = await MakeAsync(8, 0, VoxelType.UInt16);
        open = () => wide.OpenAsync("", new BlockOptions { Labels = ["cells"], LabelType = ScalarType.Int16 });
        (await open.Should().ThrowAsync<EmException>()).WithMessage("LabelType: got Int16, expected a wider one*");
    }

    private Task<LabelledSmall> MakeAsync(double size, double centre, VoxelType type) => LabelledSmall.MakeAsync(
        catalog, new VoxelSize(size, size, size), (centre, centre, centre), new NdIndex(60, 80, 70),
        voxel => Known[(int)(((voxel[0] / 3) + (voxel[1] / 5) + (voxel[2] / 4)) % Known.Length)], type);

    private static long Expected(LabelledSmall labelled, long z, long y, long x) => labelled.AtImage(z, y, x) is { } label ? (long)label : -1;

    /// <summary>The image at a place in voxels, between the eight around it.</summary>
    private double Between(double[] place)
    {
        var (sum, low) = (0.0, Array.ConvertAll(place, p => (long)Math.Floor(p)));
        for (var corner = 0; corner < 8; corner++)
        {
            var (weight, at) = (1.0, new long[3]);
            for (var axis = 0; axis < 3; axis++)
            {
                var upper = (corner >> axis & 1) != 0;
                at[axis] = low[axis] + (upper ? 1 : 0);
                weight *= upper ? place[axis] - low[axis] : 1 - (place[axis] - low[axis]);
            }

            sum += weight * catalog.Volumes["small"].At(at[0], at[1], at[2]);
        }

        return sum;
    }
}
