using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.N5;

/// <summary>The same 40 × 5 × 4 nm voxels (or COSEM's 3.24 × 4 × 4) as every tool writes them down.</summary>
public sealed class N5DialectTests
{
    private static readonly MemoryStore Store = MemoryStore.Of("n5/dialects.n5");
    private static readonly MemoryStore Unlisted = MemoryStore.Of("n5/dialects.n5", canList: false);

    [Theory]
    [InlineData("cosem", "s0", "s1", 3.24, 4, 4, 6.48, 8, 8, "transform")]
    [InlineData("cosem-group-only", "full", "half", 3.24, 4, 4, 6.48, 8, 8, "multiscales[0].datasets[0] of the group")]
    [InlineData("cosem-pixel-resolution", "s0", "s1", 3.24, 4, 4, 6.48, 8, 8, "pixelResolution")]
    [InlineData("n5-viewer", "s0", "s1", 40, 5, 4, 40, 10, 8, "pixelResolution of the group")]
    [InlineData("n5-viewer-per-level", "s0", "s1", 40, 5, 4, 40, 10, 8, "pixelResolution")]
    [InlineData("paintera/data", "s0", "s1", 40, 5, 4, 40, 10, 8, "resolution of the group")]
    [InlineData("ome", "s0", "s1", 40, 5, 4, 40, 10, 8, "multiscales[0].datasets[0] of the group")]
    public async Task Voxel_sizes_and_levels_are_as_stated(
        string group, string fine, string coarse, double z0, double y0, double x0, double z1, double y1, double x1, string origin)
    {
        var infos = await Store.InfosAsync(group);
        infos.Select(info => (info.Name, info.Level)).Should().Equal((fine, 0), (coarse, 1));
        ShouldBe(infos[0].VoxelSize, z0, y0, x0);
        ShouldBe(infos[1].VoxelSize, z1, y1, x1);
        infos[0].VoxelSizeOrigin.Should().Be(origin);
        ShouldBe((await Store.InfosAsync($"{group}/{coarse}")).Single().VoxelSize, z1, y1, x1);
        (await Store.InfosAsync($"{group}/{coarse}")).Single().Level.Should().Be(1);
    }

    [Fact]
    public async Task A_unit_that_is_no_length_leaves_its_axis_unknown()
    {
        var infos = await Store.InfosAsync("modern");
        infos.Select(info => info.VoxelSize).Should().Equal(new VoxelSize(null, 5, 4), new VoxelSize(null, 10, 8));
    }

    [Fact]
    public async Task Named_axes_are_turned_round_with_the_shape()
    {
        var info = (await Store.InfosAsync("four-axes")).Single();
        info.Axes.Should().Be("zcyx");
        info.Shape.Should().Be(new NdIndex(4, 2, 8, 8));
        info.VoxelSize.Should().Be(new VoxelSize(40, 5, 4));
    }

    [Theory]
    [InlineData("bdv")]
    [InlineData("nothing-known")]
    public async Task What_is_not_stated_is_unknown(string group) =>
        (await Store.InfosAsync(group)).Should().OnlyContain(info => info.VoxelSize == VoxelSize.Unknown && info.VoxelSizeOrigin == null);

    [Fact]
    public async Task A_container_opens_every_dataset_pyramid_after_pyramid()
    {
        var infos = await Store.InfosAsync();
        infos.Should().HaveCount(20);
        infos.Should().ContainSingle(info => info.Name == "bdv/setup0/timepoint0/s1").Which.Level.Should().Be(1);
    }

    [Theory]
    [InlineData("cosem")]
    [InlineData("cosem-group-only")]
    [InlineData("cosem-pixel-resolution")]
    [InlineData("n5-viewer")]
    [InlineData("paintera")]
    public async Task A_server_without_listings_needs_only_metadata_or_the_usual_names(string group) =>
        (await Unlisted.InfosAsync(group)).Select(info => info.Level).Should().Equal(0, 1);

    [Fact]
    public async Task Without_listings_and_metadata_the_message_says_what_to_do() =>
        (await Unlisted.ErrorAsync("bdv", "n5")).Message.Should().Contain("name a dataset");

    private static void ShouldBe(VoxelSize size, double z, double y, double x)
    {
        size.Z.Should().BeApproximately(z, 1e-9);
        size.Y.Should().BeApproximately(y, 1e-9);
        size.X.Should().BeApproximately(x, 1e-9);
    }
}
