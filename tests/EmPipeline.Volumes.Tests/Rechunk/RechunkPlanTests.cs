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

    [Theory]
    [InlineData(VoxelType.UInt8, 1, 1, 4096, 160)]
    [InlineData(VoxelType.UInt16, 1, 1, 4096, 200)]
    [InlineData(VoxelType.Float64, 1, 1, 4096, 512)]
    [InlineData(VoxelType.Float64, 64, 64, 64, 512)]
    public void Large_shards_of_every_type_are_streamed_within_the_memory(VoxelType type, int grainZ, int grainY, int grainX, int memory)
    {
        var shape = NdIndex.Filled(3, 4096);
        var levels = LevelGrid.Pyramid(shape, type, NdIndex.Filled(3, 1024), Shard, Chunk);
        levels.Should().HaveCount(3);
        (levels[0].Part.Volume * type.Size()).Should().BeLessThanOrEqualTo(16 << 20);
        RechunkPlan.For(levels, Info(shape, type, new NdIndex(grainZ, grainY, grainX)), Box.Whole(shape), (long)memory << 20, 2).Streams.Should().BeTrue();
    }

    [Theory]
    [InlineData(1, 1, 4096)]
    [InlineData(64, 64, 64)]
    [InlineData(1, 4096, 4096)]
    [InlineData(200, 200, 200)]
    public void Too_little_memory_names_the_least_that_works(int grainZ, int grainY, int grainX)
    {
        var shape = NdIndex.Filled(3, 4096);
        var levels = LevelGrid.Pyramid(shape, VoxelType.UInt16, NdIndex.Filled(3, 512), Shard, Chunk);
        var info = Info(shape, VoxelType.UInt16, new NdIndex(grainZ, grainY, grainX));
        var error = Assert.Throws<EmException>(() => RechunkPlan.For(levels, info, Box.Whole(shape), 20L << 20, 2));
        error.Fault.Should().Be(Fault.Configuration);
        error.Message.Should().StartWith("memory: got 20 MiB, expected ");
        var least = long.Parse(error.Message.Split(' ')[5], System.Globalization.CultureInfo.InvariantCulture);
        RechunkPlan.For(levels, info, Box.Whole(shape), least << 20, 2);
        Assert.Throws<EmException>(() => RechunkPlan.For(levels, info, Box.Whole(shape), (least - 8) << 20, 2));
    }

    [Fact]
    public void A_source_in_blocks_is_read_in_blocks_and_one_in_rows_in_rows()
    {
        var shape = NdIndex.Filled(3, 1024);
        var plan = For(Box.Whole(shape), NdIndex.Filled(3, 64));
        (plan.Streams, plan.BoxShape, plan.Unit).Should().Be((true, Shard, new NdIndex(64, 128, 128)));
        plan = For(Box.Whole(shape), new NdIndex(1, 1, 1024));
        (plan.Streams, plan.BoxShape, plan.Unit).Should().Be((true, new NdIndex(128, 128, 1024), new NdIndex(32, 32, 1024)));
        For(Box.Whole(shape), new NdIndex(1, 1024, 1024)).Streams.Should().BeFalse("an image that is decoded as a whole is thicker than a part along y");
        For(new Box(NdIndex.Filled(3, 7), NdIndex.Filled(3, 500)), NdIndex.Filled(3, 64)).Streams.Should().BeFalse("the region is off the source's grid");
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
        ZOrder.Positions(grid).Should().BeEquivalentTo(Box.Whole(grid).CellsTouched(NdIndex.Filled(3, 1)));
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
        var levels = Pyramid(new NdIndex(1, 1000, 300), null);
        levels.Select(level => level.Shape).Should().Equal(
            new NdIndex(1, 1000, 300), new NdIndex(1, 500, 150), new NdIndex(1, 250, 75), new NdIndex(1, 125, 38));
        levels[^1].Scale.Should().Be(new NdIndex(1, 8, 8));
        Pyramid(NdIndex.Filled(3, 100), null).Should().HaveCount(1);
        Pyramid(NdIndex.Filled(3, 100), 3).Should().HaveCount(3);
    }

    [Fact]
    public void An_axis_is_halved_unless_its_voxel_is_twice_as_long_as_the_shortest()
    {
        var levels = Pyramid(NdIndex.Filled(3, 1000), null, new VoxelSize(50, 8, 8));
        levels.Select(level => level.Scale).Should().Equal(
            new NdIndex(1, 1, 1), new NdIndex(1, 2, 2), new NdIndex(1, 4, 4), new NdIndex(2, 8, 8), new NdIndex(4, 16, 16), new NdIndex(8, 32, 32));
        levels[^1].Shape.Should().Be(new NdIndex(125, 32, 32));
        levels = Pyramid(NdIndex.Filled(3, 1000), 2, new VoxelSize(null, 8, 4));
        levels[1].Scale.Should().Be(new NdIndex(2, 2, 2), "an unknown size says nothing");
        // The shortest voxel lies along an axis that has no more to halve.
        levels = Pyramid(new NdIndex(1, 1000, 1000), null, new VoxelSize(1, 8, 8));
        levels[^1].Shape.Should().Be(new NdIndex(1, 125, 125));
    }

    private static IReadOnlyList<LevelGrid> Pyramid(NdIndex shape, int? levels, VoxelSize voxel = default) =>
        LevelGrid.Pyramid(shape, VoxelType.UInt8, Shard, Shard, Chunk, levels, voxel);

    private static VolumeInfo Info(NdIndex shape, VoxelType type, NdIndex grain) =>
        new() { Name = "", Format = "test", Shape = shape, Axes = "zyx", Type = type, Grain = grain };

    private static RechunkPlan For(Box region, NdIndex grain) =>
        RechunkPlan.For(Pyramid(region.Shape, null), Info(region.End, VoxelType.UInt8, grain), region, Memory, 2);
}
