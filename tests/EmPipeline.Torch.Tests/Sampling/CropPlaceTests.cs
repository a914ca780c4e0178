using CsCheck;
using EmPipeline.Torch.Sampling;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Sampling;

public class CropPlaceTests
{
    private static readonly Gen<NdIndex> Edges = Gen.Select(Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[1, 9], (z, y, x) => new NdIndex(z, y, x));
    private static readonly Gen<NdIndex> Extents = Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 20], (z, y, x) => new NdIndex(z, y, x));

    // Any volume, block, tensor, and share of blocks that are chosen.
    private static readonly Gen<(NdIndex Volume, NdIndex Block, NdIndex Shape, int Seed, int Percent)> Cases =
        Gen.Select(Extents, Edges, Edges, Gen.Int[0, 1000], Gen.Int[10, 100]);

    [Fact]
    public void A_crop_holds_no_voxel_of_a_block_that_was_not_chosen() => Cases.Sample(
        (volume, edge, shape, seed, percent) =>
        {
            var (chosen, blocks) = Choose(volume, edge, shape, seed, percent);
            foreach (var block in blocks)
            {
                for (var epoch = 0; epoch < 4; epoch++)
                {
                    var origin = CropPlace.Origin(block, chosen, new BlockOptions { Shape = shape, RandomCrop = true, Seed = (ulong)seed }, epoch, 0);
                    var crop = new Box(origin, shape);
                    for (var axis = 0; axis < 3; axis++)
                    {
                        origin[axis].Should().BeInRange(0, Math.Max(0, volume[axis] - shape[axis]));
                        if (shape[axis] <= volume[axis])
                            crop.End[axis].Should().BeLessThanOrEqualTo(volume[axis]);
                    }

                    // One that is longer than its block is cleared where it must be: see BlockDatasetTests.
                    if (NdIndex.Max(shape, chosen.Valid(block).Shape) == chosen.Valid(block).Shape)
                        chosen.Contains(crop).Should().BeTrue($"{crop} of block {block}");
                    crop.Intersect(chosen.Valid(block)).IsEmpty.Should().BeFalse();
                }
            }
        }, iter: 500, threads: 1);

    [Fact]
    public void Every_voxel_of_a_chosen_block_can_be_drawn() => Cases.Sample(
        (volume, edge, shape, seed, percent) =>
        {
            var (chosen, blocks) = Choose(volume, edge, shape, seed, percent);
            foreach (var block in blocks.Take(3))
            {
                var valid = chosen.Valid(block);
                var drawn = new HashSet<NdIndex>();
                foreach (var centre in valid.CellsTouched(NdIndex.Filled(3, 1)))
                    drawn.UnionWith(new Box(CropPlace.Around(centre, block, chosen, shape), shape).Intersect(valid).CellsTouched(NdIndex.Filled(3, 1)));
                drawn.Should().HaveCount((int)valid.Volume);
            }
        }, iter: 100, threads: 1);

    [Fact]
    public void Centres_are_spread_over_the_whole_block_whatever_its_extent()
    {
        var (volume, block) = (NdIndex.Filled(3, 1024), NdIndex.Filled(3, 256));
        var chosen = new ChosenBlocks(volume, block, NdIndex.Filled(3, 64));
        foreach (var cell in Box.Whole(volume).CellsTouched(block))
            chosen.Add(cell * block);
        var eighths = new HashSet<NdIndex>();
        for (var epoch = 0; epoch < 200; epoch++)
        {
            var origin = CropPlace.Origin(block, chosen, new BlockOptions { Shape = NdIndex.Filled(3, 64), RandomCrop = true }, epoch, 0);
            eighths.Add(NdIndex.FloorDivide(origin + NdIndex.Filled(3, 32) - block, NdIndex.Filled(3, 128)));
        }

        eighths.Should().HaveCount(8);
    }

    [Fact]
    public void A_crop_moves_along_as_few_axes_as_will_do()
    {
        // Chosen: a plate of two blocks along x. Above it nothing is.
        var chosen = new ChosenBlocks(NdIndex.Filled(3, 16), NdIndex.Filled(3, 8), NdIndex.Filled(3, 4));
        chosen.Add(new NdIndex(0, 0, 0));
        chosen.Add(new NdIndex(0, 0, 8));
        CropPlace.Around(new NdIndex(7, 4, 7), new NdIndex(0, 0, 0), chosen, NdIndex.Filled(3, 4)).Should().Be(new NdIndex(4, 2, 5));
    }

    private static (ChosenBlocks Chosen, List<NdIndex> Blocks) Choose(NdIndex volume, NdIndex edge, NdIndex shape, int seed, int percent)
    {
        var random = new Random(seed);
        var chosen = new ChosenBlocks(volume, edge, shape);
        var blocks = Box.Whole(volume).CellsTouched(edge).Where(_ => random.Next(100) < percent).Select(cell => cell * edge).ToList();
        blocks.ForEach(chosen.Add);
        return (chosen, blocks);
    }
}
