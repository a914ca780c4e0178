using CsCheck;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Volumes.Tests.Rechunk;

public sealed class PortionTests
{
    private static readonly Gen<NdIndex> Shapes = Gen.Select(Gen.Long[1, 300], Gen.Long[1, 300], Gen.Long[1, 300], (z, y, x) => new NdIndex(z, y, x));
    private static readonly Gen<VoxelSize> Voxels = Gen.Bool.Select(isFlat => isFlat ? new VoxelSize(50, 8, 8) : new VoxelSize(8, 8, 8));

    [Fact]
    public void Portions_hold_every_finest_shard_once_and_of_coarser_ones_those_that_a_plain_loop_finds_inside()
    {
        Gen.Select(Shapes, Voxels, Gen.Long[1, 1 << 22]).Sample((shape, voxel, bytes) =>
        {
            var (levels, info) = Volume(shape, voxel, NdIndex.Filled(3, 8));
            var portions = PortionGrid.For(levels, info, bytes, 10_000);
            var all = Enumerable.Range(0, portions.Count).Select(number => portions[number]).ToList();
            all.Sum(portion => portion.Voxels.Volume).Should().Be(shape.Volume);
            foreach (var level in levels)
            {
                foreach (var position in Box.Whole(level.Grid).CellsTouched(NdIndex.Filled(3, 1)))
                {
                    var from = level.Valid(position);
                    var covered = new Box(from.Origin * level.Scale, from.Shape * level.Scale).Intersect(Box.Whole(shape));
                    all.Where(portion => portion.Contains(level.Level, position)).Should().Equal(all.Where(portion => portion.Voxels.Contains(covered)));
                }
            }
        }, iter: 60);
    }

    [Fact]
    public void Portions_are_as_large_as_asked_for_at_most_and_no_smaller_than_they_have_to_be()
    {
        Gen.Select(Shapes, Gen.Long[32 * 32 * 32, 1 << 22]).Sample((shape, bytes) =>
        {
            var (levels, info) = Volume(shape, default, NdIndex.Filled(3, 8));
            var portions = PortionGrid.For(levels, info, bytes, 10_000);
            portions[0].Voxels.Volume.Should().BeLessThanOrEqualTo(bytes);
            if (portions.Count > 1)
                (portions[0].Voxels.Volume * 2).Should().BeGreaterThan(bytes / 2);
        }, iter: 100);
    }

    [Fact]
    public void What_a_source_decodes_together_is_not_cut()
    {
        var (levels, info) = Volume(new NdIndex(1000, 2000, 3000), default, new NdIndex(1, 2000, 3000));
        PortionGrid.For(levels, info, 1 << 20, 10_000).Grid.Should().Be(new NdIndex(32, 1, 1));
    }

    [Fact]
    public void There_are_no_more_than_are_allowed()
    {
        var (levels, info) = Volume(new NdIndex(1000, 2000, 3000), default, NdIndex.Filled(3, 8));
        PortionGrid.For(levels, info, 1, 100).Count.Should().BeInRange(50, 100);
    }

    /// <summary>Where the portion's edge allows, so many levels are made in it.</summary>
    [Fact]
    public void Eight_times_the_voxels_take_one_more_level_inside()
    {
        var (levels, info) = Volume(NdIndex.Filled(3, 1024), default, NdIndex.Filled(3, 8));
        for (var level = 0; level < 4; level++)
        {
            var portion = PortionGrid.For(levels, info, 32L * 32 * 32 << (3 * level), 1 << 20)[0];
            portion.Shards(level).Volume.Should().Be(1);
            portion.Shards(level + 1).Volume.Should().Be(0);
        }
    }

    private static (IReadOnlyList<LevelGrid> Levels, VolumeInfo Info) Volume(NdIndex shape, VoxelSize voxel, NdIndex grain) => (
        LevelGrid.Pyramid(shape, VoxelType.UInt8, NdIndex.Filled(3, 32), NdIndex.Filled(3, 32), NdIndex.Filled(3, 8), null, voxel),
        new VolumeInfo { Name = "", Format = "zarr", Shape = shape, Axes = "zyx", Type = VoxelType.UInt8, Grain = grain });
}
