using CsCheck;
using EmPipeline.Volumes;
using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests.Inference;

/// <summary>What is written is the blend of all tiles, whatever the extents of volume, tiles, shards and columns.</summary>
public sealed class BlendingTests(TestCatalog catalog)
{
    private readonly TestCatalog _catalog = catalog;

    [Fact]
    public async Task Tiles_of_any_extent_over_volumes_of_any_extent_blend_as_a_naive_blend_of_the_whole() =>
        await Gen.Select(Extents(1, 70), Extents(4, 40), Gen.Long[0, 3], Gen.Double[0.05, 1], Gen.Int[1, 5], Gen.Bool).SampleAsync(
            async (shape, core, halo, sigma, batch, narrow) =>
            {
                using var folder = await PredictedFolder.MakeAsync(shape);
                var options = PredictedFolder.Options() with
                {
                    Tile = core + NdIndex.Filled(3, 2 * halo), Halo = NdIndex.Filled(3, halo), Overlap = NdIndex.FloorDivide(core, NdIndex.Filled(3, 3)), Sigma = sigma, BatchSize = batch,
                    // Enough for columns of one shard, if that is what there has to be.
                    MemoryBytes = narrow ? 1 << 19 : 1 << 30,
                };
                await folder.RunAsync(batch => Ramp(batch), options);
                var expected = BlendReference.Blend(shape, options, folder.Volume.At, (grey, place) => RampAt(grey, place, options.Tile));
                Furthest(await folder.ReadAsync<float>(), expected).Should().BeLessThan(1e-5);
            },
            iter: 12, threads: 1);

    [Theory]
    [InlineData(40, 70, 50)]
    [InlineData(3, 33, 64)]
    public async Task With_a_halo_as_wide_as_it_sees_a_convolution_is_that_of_the_whole_volume(long z, long y, long x)
    {
        using var folder = await PredictedFolder.MakeAsync(new NdIndex(z, y, x));
        using var kernel = Kernel();
        // The whole is padded with zeros: so is what tiles see beyond it. Inside, the model's own padding is dropped with the halo.
        await folder.RunAsync(batch => nn.functional.conv3d(batch, kernel, padding: [2, 2, 2]), PredictedFolder.Options(20, 2, 4) with { Border = BorderPolicy.Zero });
        using var whole = Whole(folder.Volume);
        using var expected = nn.functional.conv3d(whole, kernel, padding: [2, 2, 2]);
        Furthest(await folder.ReadAsync<float>(), [.. expected.data<float>().Select(value => (double)value)]).Should().BeLessThan(1e-5);
    }

    [Fact]
    public async Task Beyond_its_border_the_volume_is_mirrored()
    {
        using var folder = await PredictedFolder.MakeAsync(new NdIndex(12, 40, 33));
        using var kernel = Kernel();
        // A model that gives no halo back.
        await folder.RunAsync(batch => nn.functional.conv3d(batch, kernel), PredictedFolder.Options(20, 2, 4));
        using var whole = Whole(folder.Volume);
        using var padded = nn.functional.pad(whole, [2, 2, 2, 2, 2, 2], PaddingModes.Reflect);
        using var expected = nn.functional.conv3d(padded, kernel);
        Furthest(await folder.ReadAsync<float>(), [.. expected.data<float>().Select(value => (double)value)]).Should().BeLessThan(1e-5);
    }

    [Fact]
    public async Task Batches_and_columns_do_not_change_what_a_model_that_sees_tiles_alone_gives()
    {
        using var folder = await PredictedFolder.MakeAsync(new NdIndex(50, 90, 100));
        var options = PredictedFolder.Options();
        await folder.RunAsync(Ramp, options);
        var expected = await folder.ReadAsync<float>();
        await folder.RunAsync(Ramp, options with { BatchSize = 7, MemoryBytes = 1 << 20 });
        (await folder.ReadAsync<float>()).Should().Equal(expected);
    }

    [Fact]
    public async Task Several_channels_become_probabilities_and_labels()
    {
        using var folder = await PredictedFolder.MakeAsync(new NdIndex(40, 50, 60));
        var options = PredictedFolder.Options() with { Channels = ["background", "a", "b"], Probabilities = ProbabilityStorage.UInt8, Labels = LabelRule.ArgMax, Name = "tissue", BatchSize = 3 };
        // Blends of equal values are these values: what a voxel is follows from its grey value alone.
        var result = await folder.RunAsync(batch => cat([1 - batch, batch, full_like(batch, 0.45f)], 1), options);
        var grey = Grey(folder.Volume);
        (await folder.ReadAsync<byte>("predictions/a/s0")).Should().Equal(grey);
        (await folder.ReadAsync<byte>("predictions/background/s0")).Should().Equal(grey.Select(value => (byte)(255 - value)));
        (await folder.ReadAsync<byte>("labels/prediction/tissue/s0")).Should().Equal(grey.Select(value => value / 255.0 is var a && a > 0.55 ? (byte)1 : a < 0.45 ? (byte)0 : a > 0.5 ? (byte)1 : (byte)0));
        result.Folders.Select(path => Path.GetRelativePath(folder.Group, path)).Should().Equal("predictions/background", "predictions/a", "predictions/b", "labels/prediction/tissue");
    }

    [Fact]
    public async Task A_dataset_of_the_catalogue_is_normalised_by_its_own_statistics()
    {
        using var folder = new TemporaryFolder();
        // What is predicted lies beside the image: a copy, so that the catalogue of all tests stays as it is.
        CopyFolder(_catalog.Root, folder.Path);
        await using var predictor = await Predictor.OpenAsync(folder["catalog"], "signed");
        var options = PredictedFolder.Options() with { Mean = null, Deviation = null, Labels = LabelRule.Threshold, Threshold = 0 };
        await predictor.RunAsync(batch => batch, options);
        await using var store = new Storage.LocalStore(folder["zarr/signed.zarr/labels/prediction/m/s0"]);
        await using var labels = (await Zarr.ZarrVolumes.OpenAsync(new Zarr.VolumePath(store, "")))[0];
        var voxels = new byte[labels.Info.DecodedBytes];
        await labels.ReadAsync(Box.Whole(labels.Info.Shape), voxels);
        var volume = _catalog.Volumes["signed"];
        var values = Values(volume);
        var mean = values.Average();
        voxels.Should().Equal(values.Select(value => value >= mean ? (byte)1 : (byte)0));
    }

    private static Gen<NdIndex> Extents(long least, long most) => Gen.Select(Gen.Long[least, most], Gen.Long[least, most], Gen.Long[least, most], (z, y, x) => new NdIndex(z, y, x));

    /// <summary>A model that gives a voxel more the further it lies in the tile: what tiles say differs.</summary>
    private static Tensor Ramp(Tensor batch)
    {
        var shape = batch.shape;
        return batch * (1 + (arange(shape[2]).view(-1, 1, 1) / shape[2]) + (arange(shape[3]).view(-1, 1) / shape[3]) - (arange(shape[4]) / shape[4])) / 2;
    }

    private static double RampAt(double grey, NdIndex place, NdIndex tile) =>
        grey / 255 * (1 + (place[0] / (double)tile[0]) + (place[1] / (double)tile[1]) - (place[2] / (double)tile[2])) / 2;

    private static Tensor Kernel() => ((arange(125, ScalarType.Float32) % 7) - 3).view(1, 1, 5, 5, 5) / 100;

    private static Tensor Whole(SyntheticVolume volume) => tensor(Values(volume).Select(value => (float)(value / 255)).ToArray()).view([1, 1, .. volume.Info.Shape.ToArray()]);

    private static byte[] Grey(SyntheticVolume volume) => [.. Values(volume).Select(value => (byte)value)];

    private static double[] Values(SyntheticVolume volume) =>
        [.. Box.Whole(volume.Info.Shape).CellsTouched(NdIndex.Filled(3, 1)).Select(at => volume.At(at[0], at[1], at[2]))];

    private static double Furthest(float[] found, double[] expected)
    {
        found.Should().HaveCount(expected.Length);
        return found.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
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
}
