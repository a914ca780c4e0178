using EmPipeline.Volumes;
using TorchSharp;
using static TorchSharp.torch;

namespace EmPipeline.Torch.Tests;

public sealed class BlockDatasetTests(TestCatalog catalog)
{
    private static readonly BlockOptions Stored = new() { Values = BlockValues.Stored };

    [Fact]
    public void A_condition_chooses_training_blocks()
    {
        using var dataset = new BlockDataset(catalog.Folder, "dataset = 'cube' AND whole");
        dataset.Count.Should().Be(4);
    }

    [Fact]
    public void A_block_has_the_volumes_voxels_at_its_place()
    {
        using var dataset = new BlockDataset(catalog.Folder, "SELECT * FROM training_blocks WHERE dataset = 'cube' AND y = 128 AND x = 128 AND z = 0", Stored);
        using var scope = NewDisposeScope();
        var item = dataset.GetTensor(0);
        item["data"].shape.Should().Equal(1, 128, 128, 128);
        item["data"].dtype.Should().Be(ScalarType.Byte);
        item["index"].item<long>().Should().Be(0);
        ShouldHold(item["data"], "cube", new NdIndex(0, 128, 128));
    }

    [Theory]
    [InlineData("cube")]
    [InlineData("thin")]
    public void Edge_blocks_are_padded_with_zero(string name)
    {
        using var dataset = new BlockDataset(catalog.Folder, $"dataset = '{name}' AND NOT whole", Stored);
        using var scope = NewDisposeScope();
        for (var i = 0; i < dataset.Count; i++)
            ShouldHold(dataset.GetTensor(i)["data"], name, dataset.Source.Blocks[i].Origin);
    }

    [Fact]
    public void Normalised_padding_is_the_volumes_mean()
    {
        // Black padding would lie many deviations from the mean of a volume of narrow contrast, and dominate every loss.
        using var dataset = new BlockDataset(catalog.Folder, "dataset = 'thin'");
        using var scope = NewDisposeScope();
        const long thickness = 16;
        var data = dataset.GetTensor(0)["data"];
        data.slice(1, thickness, 128, 1).abs().max().item<float>().Should().Be(0);
        data.slice(1, 0, thickness, 1).abs().max().item<float>().Should().BeGreaterThan(0);
    }

    [Theory]
    [InlineData("signed", ScalarType.Int16)]
    [InlineData("wide", ScalarType.Int32)]
    public void Other_types_keep_their_values(string name, ScalarType type)
    {
        using var dataset = new BlockDataset(catalog.Folder, $"dataset = '{name}'", Stored);
        using var scope = NewDisposeScope();
        dataset.GetTensor(0)["data"].dtype.Should().Be(type);
        ShouldHold(dataset.GetTensor(0)["data"], name, dataset.Source.Blocks[0].Origin);
    }

    [Theory]
    [InlineData("cube")]
    [InlineData("signed")]
    [InlineData("wide")]
    public void Normalised_values_are_those_of_the_whole_volume(string name)
    {
        using var dataset = new BlockDataset(catalog.Folder, $"dataset = '{name}'", new BlockOptions { Shape = NdIndex.Filled(3, 32) });
        var volume = catalog.Volumes[name];
        var values = from z in Range(volume, 0) from y in Range(volume, 1) from x in Range(volume, 2) select volume.At(z, y, x);
        var (sum, squares, count) = values.Aggregate((0.0, 0.0, 0L), (a, v) => (a.Item1 + v, a.Item2 + v * v, a.Item3 + 1));
        var mean = sum / count;
        var deviation = Math.Sqrt(squares / count - mean * mean);

        using var scope = NewDisposeScope();
        var data = dataset.GetTensor(0)["data"];
        data.dtype.Should().Be(ScalarType.Float32);
        var origin = dataset.Source.Blocks[0].Origin;
        foreach (var (z, y, x) in new[] { (0, 0, 0), (1, 2, 3), (31, 31, 31), (7, 30, 17) })
            data[0, z, y, x].item<float>().Should().BeApproximately((float)((volume.At(origin[0] + z, origin[1] + y, origin[2] + x) - mean) / deviation), 2e-4f);
    }

    [Fact]
    public void What_is_no_finite_number_becomes_the_mean_and_nothing_else_changes()
    {
        using var dataset = new BlockDataset(catalog.Folder, "dataset = 'floats'");
        dataset.Source.Blocks.Select(block => block.X).Should().Equal([128, 256], "the block of NaN is not trained on");
        var all = new BlockDataset(catalog.Folder, "SELECT * FROM blocks WHERE dataset = 'floats' ORDER BY x");
        using var scope = NewDisposeScope();
        all.GetTensor(0)["data"].abs().max().item<float>().Should().Be(0);
        var data = dataset.GetTensor(0)["data"];
        data.isfinite().all().item<bool>().Should().BeTrue();
        data[0, 1, 2, 2].item<float>().Should().Be(0);
        var voxels = data.slice(1, 0, 16, 1).slice(2, 0, 20, 1);
        voxels.std().item<float>().Should().BeInRange(0.7f, 1.4f);
        all.Dispose();
    }

    [Fact]
    public void A_tensor_has_its_blocks_extent_unless_one_is_given()
    {
        using var small = new BlockDataset(catalog.MixedFolder, "SELECT * FROM training_blocks WHERE dataset = 'small' ORDER BY z, y, x", Stored);
        small.Count.Should().Be(3 * 4 * 3);
        small.GetTensor(1)["data"].shape.Should().Equal(1, 64, 64, 64);
        small.Source.Blocks[1].Origin.Should().Be(new NdIndex(0, 0, 64));
        var act = () => new BlockDataset(catalog.MixedFolder, "dataset IN ('small', 'cube')");
        act.Should().Throw<EmException>().WithMessage("query: got blocks of 128×128×128 and 64×64×64 voxels, expected one extent. Set BlockOptions.Shape.");
    }

    [Fact]
    public void A_tensor_longer_than_its_block_is_zero_where_a_block_was_not_chosen()
    {
        var options = Stored with { Shape = NdIndex.Filled(3, 128) };
        using var dataset = new BlockDataset(catalog.MixedFolder, "dataset = 'small' AND z = 0 AND y = 0 AND x IN (0, 64)", options);
        using var scope = NewDisposeScope();
        var data = dataset.GetTensor(0)["data"].to(ScalarType.Float32);
        data.slice(1, 0, 64, 1).slice(2, 0, 64, 1).min().item<float>().Should().BeGreaterThan(0);
        data.slice(1, 64, 128, 1).max().item<float>().Should().Be(0);
        data.slice(2, 64, 128, 1).max().item<float>().Should().Be(0);
    }

    [Fact]
    public void Random_crops_stay_in_what_the_query_chose()
    {
        var options = Stored with { RandomCrop = true, Shape = NdIndex.Filled(3, 32) };
        using var dataset = new BlockDataset(catalog.MixedFolder, "dataset = 'small' AND x = 64", options);
        for (var i = 0; i < 50; i++)
        {
            dataset.Epoch = i;
            dataset.Source.Origin(i % (int)dataset.Count, i)[2].Should().BeInRange(64, 96);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batches_are_those_of_TorchSharps_own_collation(bool shuffle)
    {
        using var dataset = new BlockDataset(catalog.Folder, "dataset IN ('cube', 'thin')");
        using var loader = dataset.Batches(3, shuffle, seed: 1);
        using var plain = utils.data.DataLoader(dataset, 3, shuffle, seed: 1, disposeDataset: false);
        loader.Count.Should().Be(plain.Count);
        foreach (var (ours, theirs) in loader.Zip(plain))
        {
            using var scope = NewDisposeScope();
            ours.Keys.Should().BeEquivalentTo(theirs.Keys);
            ours["index"].equal(theirs["index"].flatten()).all().item<bool>().Should().BeTrue();
            ours["data"].equal(theirs["data"]).all().item<bool>().Should().BeTrue();
        }
    }

    [Fact]
    public void Whoever_keeps_a_batch_keeps_its_voxels()
    {
        using var dataset = new BlockDataset(catalog.Folder, "dataset = 'cube'");
        using var scope = NewDisposeScope();
        var kept = new List<(Tensor View, float Sum)>();
        for (var pass = 0; pass < 2; pass++)
        {
            using var loader = dataset.Batches(2);
            foreach (var batch in loader)
                kept.Add((batch["data"].alias(), batch["data"].sum().item<float>()));
        }

        kept.Should().OnlyContain(entry => entry.View.sum().item<float>() == entry.Sum);
    }

    [Fact]
    public void Any_number_of_threads_may_ask()
    {
        using var dataset = new BlockDataset(catalog.Folder, "dataset IN ('cube', 'thin')", Stored);
        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var index = i % (int)dataset.Count;
            using var scope = NewDisposeScope();
            var block = dataset.Source.Blocks[index];
            ShouldHold(dataset.GetTensor(index)["data"], block.Dataset, block.Origin, samples: 50);
        });
    }

    [Fact]
    public void TorchSharps_loader_gives_every_block_once_with_its_own_voxels()
    {
        using var dataset = new BlockDataset(catalog.Folder, "dataset IN ('cube', 'thin')", Stored);
        using var loader = utils.data.DataLoader(dataset, 3, shuffle: true, seed: 1, num_worker: 3, disposeDataset: false);
        var seen = new List<long>();
        foreach (var batch in loader)
        {
            using var scope = NewDisposeScope();
            var indices = batch["index"].data<long>().ToArray();
            batch["data"].shape.Should().Equal(indices.Length, 1, 128, 128, 128);
            for (var i = 0; i < indices.Length; i++)
            {
                var block = dataset.Source.Blocks[(int)indices[i]];
                ShouldHold(batch["data"][i], block.Dataset, block.Origin, samples: 200);
            }

            seen.AddRange(indices);
        }

        seen.Should().BeEquivalentTo(Enumerable.Range(0, (int)dataset.Count));
    }

    [Fact]
    public void Random_crops_follow_from_seed_epoch_and_index_and_stay_inside()
    {
        var options = Stored with { RandomCrop = true, Seed = 7 };
        using var dataset = new BlockDataset(catalog.Folder, "dataset = 'cube'", options);
        using var again = new BlockDataset(catalog.Folder, "dataset = 'cube'", options);
        using var other = new BlockDataset(catalog.Folder, "dataset = 'cube'", options with { Seed = 8 });
        var origins = Enumerable.Range(0, 12).SelectMany(_ => Enumerable.Range(0, 5), (index, epoch) => dataset.Source.Origin(index, epoch)).ToList();
        origins.Should().Equal(Enumerable.Range(0, 12).SelectMany(_ => Enumerable.Range(0, 5), (index, epoch) => again.Source.Origin(index, epoch)));
        origins.Should().NotEqual(Enumerable.Range(0, 12).SelectMany(_ => Enumerable.Range(0, 5), (index, epoch) => other.Source.Origin(index, epoch)));
        origins.Distinct().Should().HaveCountGreaterThan(50);
        origins.Where(origin => !Box.Whole(new NdIndex(160, 256, 300)).Contains(new Box(origin, NdIndex.Filled(3, 128)))).Should().BeEmpty();

        using var scope = NewDisposeScope();
        dataset.Epoch = 3;
        ShouldHold(dataset.GetTensor(5)["data"], "cube", dataset.Source.Origin(5, 3));
    }

    [Fact]
    public void A_random_crop_of_a_thin_volume_is_padded_only_where_it_must_be()
    {
        using var dataset = new BlockDataset(catalog.Folder, "dataset = 'thin'", Stored with { RandomCrop = true });
        using var scope = NewDisposeScope();
        for (var i = 0; i < dataset.Count; i++)
        {
            var origin = dataset.Source.Origin(i);
            (origin[0], origin[1] <= 72, origin[2] <= 12).Should().Be((0, true, true));
            ShouldHold(dataset.GetTensor(i)["data"], "thin", origin);
        }
    }

    [Fact]
    public void No_block_is_an_error_that_repeats_the_query()
    {
        var act = () => new BlockDataset(catalog.Folder, "dataset = 'nowhere'");
        act.Should().Throw<EmException>().WithMessage("query: got no block*dataset = 'nowhere'*").Which.Fault.Should().Be(Fault.Configuration);
    }

    [Fact]
    public void Stored_values_of_two_types_are_refused()
    {
        var act = () => new BlockDataset(catalog.Folder, "", Stored);
        act.Should().Throw<EmException>().WithMessage("*uint8*int16*");
    }

    [Fact]
    public void A_volume_that_is_gone_is_an_error_that_names_its_folder()
    {
        using var copy = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(copy.Path, "catalog"));
        File.Copy(Path.Combine(catalog.Folder, "catalog.duckdb"), Path.Combine(copy.Path, "catalog", "catalog.duckdb"));
        var act = () => new BlockDataset(Path.Combine(copy.Path, "catalog"), "dataset = 'cube'");
        act.Should().Throw<EmException>().WithMessage("*cube.zarr*");
    }

    [Fact]
    public void A_block_outside_of_its_volume_is_a_wrong_query()
    {
        var act = () => new BlockDataset(catalog.Folder, "SELECT dataset, level, z + 1000 AS z, y, x FROM training_blocks");
        act.Should().Throw<EmException>().WithMessage("query: *[1000, 0, 0]*").Which.Fault.Should().Be(Fault.Configuration);
    }

    [Fact]
    public void An_index_out_of_range_is_the_callers_mistake()
    {
        using var dataset = new BlockDataset(catalog.Folder, "dataset = 'cube'");
        var act = () => dataset.GetTensor(dataset.Count);
        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static IEnumerable<long> Range(SyntheticVolume volume, int axis)
    {
        for (var i = 0L; i < volume.Info.Shape[axis]; i++)
            yield return i;
    }

    /// <summary>Compares evenly spread voxels, corners included, with the formula.</summary>
    private void ShouldHold(Tensor data, string name, NdIndex origin, int samples = 2000)
    {
        using var values = data.to(ScalarType.Float64).contiguous();
        var found = values.data<double>().ToArray();
        var volume = catalog.Volumes[name];
        for (var i = 0; i <= samples; i++)
        {
            var at = (int)((long)(found.Length - 1) * i / samples);
            var (z, y, x) = (at / (128 * 128), at / 128 % 128, at % 128);
            if (found[at] != volume.At(origin[0] + z, origin[1] + y, origin[2] + x))
                Assert.Fail($"{name} {origin} + [{z}, {y}, {x}]: got {found[at]}, expected {volume.At(origin[0] + z, origin[1] + y, origin[2] + x)}");
        }
    }
}
