using EmPipeline.Catalog;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Sampling;

/// <summary>Samples of one part of a split hold no voxel that a sample of another holds, nor one within the halo of such.</summary>
public sealed class SplitSamplesTests(TestCatalog catalog)
{
    private static readonly NdIndex Halo = new(0, 8, 16);

    [Theory]
    [InlineData(false, 64, 64, 64)]
    [InlineData(true, 64, 64, 64)]
    [InlineData(true, 40, 33, 50)]
    [InlineData(true, 64, 100, 90)]
    public async Task No_voxel_is_shared_by_two_parts_random_crops_and_halo_included(bool crops, int z, int y, int x)
    {
        // Not in the catalogue's own folder, which other tests copy meanwhile.
        using var own = new TemporaryFolder();
        Directory.CreateSymbolicLink(own["zarr"], Path.Combine(catalog.Root, "zarr"));
        var folder = own["catalog"];
        await catalog.BuildAsync(folder, name => name == "small", content => content with { Splits = [Split] });
        var volume = catalog.Volumes["small"].Info.Shape;
        var options = new BlockOptions { Shape = new NdIndex(z, y, x), Values = BlockValues.Stored, RandomCrop = crops, Seed = 3 };
        var train = await HeldAsync("train");
        var validation = await HeldAsync("validation");
        train.Should().Contain(true);
        validation.Should().Contain(true);
        AreApart(train, validation, new NdIndex(0, 0, 0)).Should().BeTrue();
        AreApart(train, validation, new NdIndex(0, 2 * Halo[1], 2 * Halo[2])).Should().BeTrue("the halo of one is not in that of the other");
        AreApart(train, validation, volume).Should().BeFalse("both are somewhere");

        async Task<bool[]> HeldAsync(string part)
        {
            var held = new bool[volume.Volume];
            await using var source = await BlockSource.OpenAsync(folder, $"split_v1 = '{part}'", options, TestContext.Current.CancellationToken);
            var voxels = new byte[source.BytesPerBlock];
            for (var index = 0; index < source.Count; index++)
            {
                for (var epoch = 0; epoch < (crops ? 3 : 1); epoch++)
                {
                    await source.ReadAsync(index, epoch, voxels, TestContext.Current.CancellationToken);
                    Mark(held, new Box(source.Origin(index, epoch), options.Shape), voxels);
                }
            }

            return held;
        }

        // No grey value of the volume is 0, which stands for what a sample does not hold.
        void Mark(bool[] held, Box box, byte[] voxels)
        {
            var inside = box.Intersect(Box.Whole(volume));
            var (from, width) = (box.Origin, (int)inside.Shape[2]);
            for (var i = inside.Origin[0]; i < inside.End[0]; i++)
            {
                for (var j = inside.Origin[1]; j < inside.End[1]; j++)
                {
                    var row = held.AsSpan((int)((((i * volume[1]) + j) * volume[2]) + inside.Origin[2]), width);
                    var read = voxels.AsSpan((int)(((((i - from[0]) * y) + j - from[1]) * x) + inside.Origin[2] - from[2]), width);
                    for (var k = 0; k < width; k++)
                        row[k] |= read[k] != 0;
                }
            }
        }

        bool AreApart(bool[] one, bool[] other, NdIndex reach)
        {
            var (first, last) = Bounds(one);
            var (from, to) = Bounds(other);
            for (var axis = 0; axis < 3; axis++)
            {
                if (first[axis] > to[axis] + reach[axis] || from[axis] > last[axis] + reach[axis])
                    return true;
            }

            return false;
        }

        (NdIndex First, NdIndex Last) Bounds(bool[] held)
        {
            var (first, last) = (volume, NdIndex.Filled(3, 0));
            var width = (int)volume[2];
            for (var line = 0; line < held.Length / width; line++)
            {
                var row = held.AsSpan(line * width, width);
                if (row.IndexOf(true) is var from && from < 0)
                    continue;
                var (i, j) = Math.DivRem(line, volume[1]);
                (first, last) = (NdIndex.Min(first, new NdIndex(i, j, from)), NdIndex.Max(last, new NdIndex(i, j, row.LastIndexOf(true))));
            }

            return (first, last);
        }
    }

    /// <summary>Two cells, one behind the other along y, so that either part lies in a box of its own.</summary>
    private static SplitRecord Split => new()
    {
        Split = "v1", Dataset = "small", Whole = "small", Offset = NdIndex.Filled(3, 0), Cell = new NdIndex(130, 100, 140), Halo = Halo, Seed = 1, Shares = [new("train", 0.5), new("validation", 0.5)],
    };
}
