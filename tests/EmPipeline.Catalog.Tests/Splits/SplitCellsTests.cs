using CsCheck;
using EmPipeline.Catalog.Splits;
using EmPipeline.Volumes;

namespace EmPipeline.Catalog.Tests.Splits;

/// <summary>Which tissue is of which part, against the part of each voxel taken by itself.</summary>
public sealed class SplitCellsTests
{
    private static readonly Gen<NdIndex> Small = Gen.Long[1, 14].Array[3].Select(values => new NdIndex(values));
    private static readonly Gen<NdIndex> Blocks = Gen.Long[1, 4].Array[3].Select(values => new NdIndex(values[0] * 2, values[1] * 2, values[2] * 2));
    private static readonly Gen<NdIndex> Cells = Gen.Long[1, 10].Array[3].Select(values => new NdIndex(values));
    private static readonly Gen<NdIndex> Halos = Gen.Long[0, 3].Array[3].Select(values => new NdIndex(values));

    private static readonly Gen<(CatalogContent Content, NdIndex Shape)> Contents =
        from shape in Small
        from block in Blocks
        from cell in Cells
        from halo in Halos
        from seed in Gen.Long[0, 1000]
        from shares in Gen.Double[0.05, 1].Array[1, 4]
        from origin in Gen.Long[0, 1000].Array[3]
        from extent in Gen.Long[0, 1000].Array[3]
        from cutBlock in Blocks
        let offset = new NdIndex(origin[0] % shape[0], origin[1] % shape[1], origin[2] % shape[2])
        let cut = new NdIndex(1 + (extent[0] % (shape[0] - offset[0])), 1 + (extent[1] % (shape[1] - offset[1])), 1 + (extent[2] % (shape[2] - offset[2])))
        let split = Split("whole", cell, halo, seed, shares)
        select (new CatalogContent
        {
            Volumes = [Volume("cut", 0, cut, cutBlock), Volume("whole", 0, shape, block), Volume("whole", 1, NdIndex.CeilingDivide(shape, new(1, 2, 2)), block), Volume("whole", 2, NdIndex.CeilingDivide(shape, new(2, 4, 4)), block)],
            Splits = [split with { Dataset = "cut", Offset = offset }, split],
        }, shape);

    [Fact]
    public void No_voxel_is_within_the_halo_of_blocks_of_two_parts_whichever_level_or_cut_they_are_of() => Contents.Sample(sample =>
    {
        var parts = new Dictionary<NdIndex, string>();
        foreach (var row in SplitBlocks.Of(sample.Content))
        {
            foreach (var voxel in Around(sample.Content, row).Intersect(Box.Whole(sample.Shape)).CellsTouched(NdIndex.Filled(3, 1)))
            {
                if (!parts.TryAdd(voxel, row.Part) && parts[voxel] != row.Part)
                    return false;
            }
        }

        return true;
    });

    [Fact]
    public void A_block_is_of_the_part_of_all_voxels_around_it_and_of_none_where_they_differ() => Contents.Sample(sample =>
    {
        var cells = new SplitCells(sample.Content.Splits[1], sample.Content.Volumes[1]);
        var rows = SplitBlocks.Of(sample.Content).ToDictionary(row => (row.Dataset, row.Level, row.Z, row.Y, row.X), row => row.Part);
        foreach (var volume in sample.Content.Volumes)
        {
            foreach (var cell in Box.Whole(volume.Shape).CellsTouched(volume.Block))
            {
                var origin = cell * volume.Block;
                var row = new SplitBlockRow("v1", volume.Dataset, volume.Level, origin[0], origin[1], origin[2], "");
                var found = Around(sample.Content, row).Intersect(Box.Whole(sample.Shape)).CellsTouched(NdIndex.Filled(3, 1))
                    .Select(voxel => cells.PartOf(new Box(voxel, NdIndex.Filled(3, 1)))).Distinct().ToList();
                if (rows.GetValueOrDefault((volume.Dataset, volume.Level, origin[0], origin[1], origin[2])) != (found.Count == 1 ? found[0] : null))
                    return false;
            }
        }

        return rows.Count <= sample.Content.Volumes.Sum(volume => NdIndex.CeilingDivide(volume.Shape, volume.Block).Volume);
    });

    [Fact]
    public void Shares_are_met_to_half_a_cell_at_each_end() => Contents.Sample(sample =>
    {
        var split = sample.Content.Splits[1];
        var cells = new SplitCells(split, sample.Content.Volumes[1]);
        var counts = Box.Whole(sample.Shape).CellsTouched(NdIndex.Filled(3, 1)).CountBy(voxel => cells.PartOf(new Box(voxel, NdIndex.Filled(3, 1)))!).ToDictionary();

        // A cell is at most as long as asked for, once more half of that, and a block more where its borders moved to the middles of blocks.
        var most = NdIndex.Min(sample.Shape, NdIndex.CeilingDivide(split.Cell * NdIndex.Filled(3, 3), NdIndex.Filled(3, 2)) + sample.Content.Volumes[1].Block).Volume;
        return split.Shares.All(share => Math.Abs(counts.GetValueOrDefault(share.Part) - (share.Share / split.Shares.Sum(each => each.Share) * sample.Shape.Volume)) <= most + 0.001);
    });

    [Fact]
    public void Parts_follow_from_seed_and_dataset_alone()
    {
        var (a, b, c) = (Parts("a", 1), Parts("a", 2), Parts("b", 1));
        a.Should().Equal(Parts("a", 1)).And.NotEqual(b).And.NotEqual(c);
        string.Concat(a.Take(32).Select(part => part[^1])).Should().Be(Held, "a split of this name and seed has been trained on");
        foreach (var parts in (string[][])[a, b, c])
            parts.Select(part => part[^1]).Order().Should().StartWith(Enumerable.Repeat('0', 51)).And.ContainInOrder('0', '1', '1', '1', '1', '1', '1', '2', '2', '2', '2', '2', '2');

        static string[] Parts(string dataset, long seed)
        {
            var volume = Volume(dataset, 0, NdIndex.Filled(3, 64), NdIndex.Filled(3, 2));
            var cells = new SplitCells(Split(dataset, NdIndex.Filled(3, 16), NdIndex.Filled(3, 0), seed, [0.8, 0.1, 0.1]), volume);
            return [.. Box.Whole(NdIndex.Filled(3, 4)).CellsTouched(NdIndex.Filled(3, 1)).Select(cell => cells.PartOf(new Box((cell * NdIndex.Filled(3, 16)) + NdIndex.Filled(3, 8), NdIndex.Filled(3, 1)))!)];
        }
    }

    [Fact]
    public void Of_the_blocks_along_a_border_one_layer_is_lost_for_a_halo_of_half_a_block()
    {
        var content = new CatalogContent
        {
            Volumes = [Volume("whole", 0, new NdIndex(16, 1024, 16), NdIndex.Filled(3, 128))],
            Splits = [Split("whole", NdIndex.Filled(3, 512), NdIndex.Filled(3, 64), 0, [0.5, 0.5])],
        };
        SplitBlocks.Of(content).Select(row => row.Y).Should().Equal(0, 128, 256, 384, 640, 768, 896);
        SplitBlocks.Of(content with { Splits = [content.Splits[0] with { Halo = NdIndex.Filled(3, 65) }] }).Select(row => row.Y).Should().Equal(0, 128, 256, 768, 896);
    }

    private const string Held = "00000000000010002000102001020000";

    /// <summary>All voxels of the whole that a block stands for, and those in the halo around.</summary>
    private static Box Around(CatalogContent content, SplitBlockRow row)
    {
        var volume = content.Volumes.Single(volume => (volume.Dataset, volume.Level) == (row.Dataset, row.Level));
        var split = content.Splits.Single(split => split.Dataset == row.Dataset);
        var factor = row.Level switch { 0 => new NdIndex(1, 1, 1), 1 => new NdIndex(1, 2, 2), _ => new NdIndex(2, 4, 4) };
        var origin = new NdIndex(row.Z, row.Y, row.X);
        var box = new Box(origin, volume.Block).Intersect(Box.Whole(volume.Shape));
        return new Box((box.Origin * factor) + split.Offset - split.Halo, (box.Shape * factor) + split.Halo + split.Halo);
    }

    private static SplitRecord Split(string dataset, NdIndex cell, NdIndex halo, long seed, double[] shares) => new()
    {
        Split = "v1", Dataset = dataset, Whole = dataset, Offset = NdIndex.Filled(3, 0), Cell = cell, Halo = halo, Seed = seed, Shares = [.. shares.Select((share, i) => new SplitShare($"part{i}", share))],
    };

    private static VolumeRecord Volume(string dataset, int level, NdIndex shape, NdIndex block) => new()
    {
        Dataset = dataset, Path = $"zarr/{dataset}.zarr/s{level}", Level = level, Shape = shape, Type = VoxelType.UInt8, VoxelSize = VoxelSize.Unknown, Shard = block, Block = block, Chunk = block, Codec = "raw", StoredBytes = 1,
    };
}
