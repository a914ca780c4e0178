using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Volumes.Tests.Rechunk;

public sealed class RechunkPlanTests
{
    private const long Memory = 384L << 20;
    private static readonly NdIndex Shard = NdIndex.Filled(3, 128);
    private static readonly NdIndex Chunk = NdIndex.Filled(3, 32);

    [Theory]
    [InlineData(184, 775, 1121, 1, 775, 1121)]
    [InlineData(16, 5500, 5496, 1, 1, 5496)]
    [InlineData(1065, 1536, 2048, 1, 4, 2048)]
    [InlineData(564, 2520, 2596, 64, 64, 64)]
    [InlineData(41394, 39725, 34427, 64, 64, 64)]
    public void The_five_sources_are_read_once_within_the_memory(int z, int y, int x, int grainZ, int grainY, int grainX)
    {
        var shape = new NdIndex(z, y, x);
        var plan = For(Box.Whole(shape), new NdIndex(grainZ, grainY, grainX));
        plan.ReadRatio.Should().BeLessThan(1.05);
        if (!plan.Streams)
            (NdIndex.Min(plan.BoxShape, shape).Volume * plan.Slots).Should().BeLessThan(Memory);
    }

    [Fact]
    public void Large_shards_are_streamed_from_thin_blocks_and_too_little_memory_is_said_for_thick_ones()
    {
        var levels = LevelGrid.Pyramid(NdIndex.Filled(3, 4096), NdIndex.Filled(3, 1024), Shard, Shard, 1);
        var whole = Box.Whole(NdIndex.Filled(3, 4096));
        RechunkPlan.For(levels, VoxelType.UInt8, whole, Chunk, Memory, 2).Streams.Should().BeTrue();
        var error = Assert.Throws<EmException>(() => RechunkPlan.For(levels, VoxelType.UInt8, whole, NdIndex.Filled(3, 200), Memory, 2));
        error.Fault.Should().Be(Fault.Configuration);
        error.Message.Should().Contain("1025 MiB");
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1, 7)]
    [InlineData(3, 5, 2)]
    [InlineData(8, 8, 8)]
    [InlineData(1, 6, 6)]
    public void The_curve_visits_every_position_once(int z, int y, int x)
    {
        var grid = new NdIndex(z, y, x);
        RechunkPlan.ZOrder(grid).Should().BeEquivalentTo(Box.Whole(grid).CellsTouched(NdIndex.Filled(3, 1)));
    }

    [Theory]
    [InlineData(0, 64)]
    [InlineData(7, 64)]
    [InlineData(100, 1)]
    [InlineData(0, 500)]
    public void Pieces_tile_a_box_and_meet_on_the_grid_of_the_source(int origin, int grain)
    {
        var region = new Box(NdIndex.Filled(3, origin), NdIndex.Filled(3, 700));
        var plan = For(region, NdIndex.Filled(3, grain));
        foreach (var position in plan.Boxes())
        {
            var box = plan.BoxAt(position);
            var next = box.Origin[0];
            foreach (var piece in plan.Pieces(box, 1))
            {
                piece.Origin[0].Should().Be(next);
                next = piece.End[0];
                (next == box.End[0] || (next + origin) % grain == 0).Should().BeTrue();
            }

            next.Should().Be(box.End[0]);
        }
    }

    [Fact]
    public void Every_voxel_is_in_one_box()
    {
        var plan = For(new Box(NdIndex.Filled(3, 33), new NdIndex(300, 520, 1000)), NdIndex.Filled(3, 64));
        plan.Boxes().Sum(position => plan.BoxAt(position).Volume).Should().Be(300 * 520 * 1000);
    }

    [Fact]
    public void Levels_go_on_until_one_shard_holds_a_level_and_single_planes_stay()
    {
        var levels = LevelGrid.Pyramid(new NdIndex(1, 1000, 300), Shard, Shard, Chunk, null);
        levels.Select(level => level.Shape).Should().Equal(
            new NdIndex(1, 1000, 300), new NdIndex(1, 500, 150), new NdIndex(1, 250, 75), new NdIndex(1, 125, 38));
        levels[^1].Scale.Should().Be(new NdIndex(1, 8, 8));
        LevelGrid.Pyramid(NdIndex.Filled(3, 100), Shard, Shard, Chunk, null).Should().HaveCount(1);
        LevelGrid.Pyramid(NdIndex.Filled(3, 100), Shard, Shard, Chunk, 3).Should().HaveCount(3);
    }

    private static RechunkPlan For(Box region, NdIndex grain) =>
        RechunkPlan.For(LevelGrid.Pyramid(region.Shape, Shard, Shard, Chunk, null), VoxelType.UInt8, region, grain, Memory, 2);
}
