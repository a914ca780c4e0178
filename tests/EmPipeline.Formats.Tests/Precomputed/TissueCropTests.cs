using EmPipeline.Formats.Crops;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class TissueCropTests
{
    [Fact]
    public void Candidates_depend_on_seed_and_shapes_alone_and_stay_inside()
    {
        var (volume, crop) = (new NdIndex(41394, 39725, 34427), NdIndex.Filled(3, 1000));
        var some = CropOrigin.Candidates(20250722, volume, crop).Take(500).ToArray();
        some.Should().Equal(CropOrigin.Candidates(20250722, volume, crop).Take(500));
        some.Should().OnlyContain(box => Box.Whole(volume).Contains(box) && box.Shape == crop);
        some.Distinct().Should().HaveCount(500);
        // Pinned: another origin for the same seed would be another crop of Hemibrain.
        some[0].Origin.Should().Be(new NdIndex(24606, 37021, 16567));
        CropOrigin.Candidates(20250723, volume, crop).First().Should().NotBe(some[0]);
    }

    [Fact]
    public async Task Blank_candidates_are_passed_over_and_the_choice_repeats()
    {
        // Tissue fills x ≥ 150 of 300; elsewhere padding, black below y 50, white above.
        var levels = await PyramidAsync([300, 100, 100], 4, (x, y, z) => x >= 150 ? 1 + ((x + y + z) % 200) : y < 50 ? 0 : 255);
        var choice = await TissueCrop.ChooseAsync(levels, NdIndex.Filled(3, 64), seed: 3, minimumTissue: 0.95);
        choice.Crop.Origin[2].Should().BeGreaterThanOrEqualTo(143);
        choice.Crop.Shape.Should().Be(NdIndex.Filled(3, 64));
        choice.TissueShare.Should().BeInRange(0.95, 1);
        choice.CandidatesTried.Should().BeGreaterThan(1);
        choice.JudgedLevel.Should().Be(2);
        choice.IsClipped.Should().BeFalse();
        (await TissueCrop.ChooseAsync(levels, NdIndex.Filled(3, 64), 3, 0.95)).Should().Be(choice);
    }

    [Fact]
    public async Task A_crop_larger_than_the_volume_is_clipped_and_says_so()
    {
        var levels = await PyramidAsync([100, 60, 40], 1, (x, y, z) => 1 + ((x + y + z) % 200));
        var choice = await TissueCrop.ChooseAsync(levels, new NdIndex(1000, 32, 1000), seed: 1, minimumTissue: 0.9);
        choice.IsClipped.Should().BeTrue();
        choice.Crop.Shape.Should().Be(new NdIndex(40, 32, 100));
        choice.Crop.Origin[0].Should().Be(0);
        choice.Crop.Origin[2].Should().Be(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public async Task A_volume_of_one_value_has_no_tissue_and_the_error_names_the_best_share(int value)
    {
        var levels = await PyramidAsync([64, 64, 64], 2, (_, _, _) => value);
        var act = async () => await TissueCrop.ChooseAsync(levels, NdIndex.Filled(3, 32), 1, 0.5);
        (await act.Should().ThrowAsync<EmException>()).WithMessage("crop: got at most 0 tissue in 1000 candidates*expected 0.5*").Which.Fault.Should().Be(Fault.Configuration);
    }

    [Fact]
    public async Task Too_little_tissue_everywhere_names_the_share_there_was()
    {
        var levels = await PyramidAsync([64, 64, 64], 1, (x, _, _) => x % 2 == 0 ? 0 : 1 + x);
        var act = async () => await TissueCrop.ChooseAsync(levels, NdIndex.Filled(3, 32), 1, 0.95);
        (await act.Should().ThrowAsync<EmException>()).WithMessage("*got at most 0.5 tissue*");
    }

    [Fact]
    public async Task Only_the_candidates_part_of_the_coarse_level_is_read()
    {
        var store = new MemoryStore();
        new SyntheticVolume
        {
            Size = [192, 192, 192],
            Chunk = [32, 32, 32],
            Sharding = ShardWriter.Specification(3, 3, 0, index: "gzip"),
            Voxel = (x, y, z, _) => (ulong)(1 + ((x + y + z) % 200)),
        }.Write(store);
        var levels = await FormatRegistry.OpenAsync(new VolumePath(store, ""));
        store.ResetCounts();
        await TissueCrop.ChooseAsync(levels, NdIndex.Filled(3, 32), seed: 5, minimumTissue: 0.95);
        // At most 8 chunks of 32 KiB, and indexes.
        store.BytesRead.Should().BeLessThan(9 * 32 * 1024);
    }

    [Fact]
    public async Task Boxes_of_level_0_cover_what_they_touch_on_a_coarser_level_of_rounded_shape()
    {
        var levels = await PyramidAsync([101, 50, 51], 3, (x, y, z) => 1 + ((x + y + z) % 9));
        var box = TissueCrop.ToLevel(new Box(new NdIndex(3, 5, 90), new NdIndex(2, 45, 11)), levels[0].Info, levels[2].Info);
        box.Should().Be(Box.FromEnds(new NdIndex(0, 1, 22), new NdIndex(2, 12, 25)));
    }

    // Levels by taking every second voxel; shapes rounded down.
    private static async Task<List<IVolumeReader>> PyramidAsync(long[] size, int count, Func<long, long, long, long> voxel)
    {
        var store = new MemoryStore();
        var info = new SyntheticVolume { Size = size }.Info();
        var first = info["scales"]!.AsArray()[0]!;
        info["scales"]!.AsArray().Clear();
        for (var level = 0; level < count; level++)
        {
            var step = 1L << level;
            long[] shape = [.. size.Select(extent => extent / step)];
            new SyntheticVolume { Size = shape, Key = "s" + level, Voxel = (x, y, z, _) => (ulong)voxel(x * step, y * step, z * step) }.Write(store);
            var scale = first.DeepClone();
            scale["key"] = "s" + level;
            scale["size"] = SyntheticVolume.Array(shape);
            scale["resolution"] = SyntheticVolume.Array([8 * step, 8 * step, 40 * step]);
            info["scales"]!.AsArray().Add(scale);
        }

        store.Objects["info"] = System.Text.Encoding.UTF8.GetBytes(info.ToJsonString());
        return [.. await FormatRegistry.OpenAsync(new VolumePath(store, ""))];
    }
}
