using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.V2;

public sealed class ZarrV2MultiscaleTests
{
    private static readonly MemoryStore Store = MemoryStore.Of("zarr2/images.zarr");
    private static readonly MemoryStore Unlisted = MemoryStore.Of("zarr2/images.zarr", canList: false);

    [Fact]
    public async Task Levels_come_finest_first_with_their_voxel_sizes()
    {
        var infos = await Store.InfosAsync("em/fibsem");
        infos.Select(info => (info.Name, info.Level, info.Axes)).Should().Equal(("s0", 0, "zyx"), ("s1", 1, "zyx"), ("s2", 2, "zyx"));
        infos[0].VoxelSize.Should().Be(new VoxelSize(2.96, 4, 4));
        infos[2].VoxelSize.Should().Be(new VoxelSize(11.84, 16, 16));
        infos[0].VoxelSizeOrigin.Should().Be("multiscales[0].datasets[0]");
    }

    [Theory]
    [InlineData("", "em/fibsem/s1")]
    [InlineData("em", "fibsem/s1")]
    [InlineData("em/fibsem", "s1")]
    [InlineData("em/fibsem/s1", "")]
    public async Task Any_path_of_a_hierarchy_opens_and_knows_its_size(string path, string name)
    {
        var info = (await Store.InfosAsync(path)).Should().ContainSingle(found => found.Name == name).Subject;
        (info.Level, info.VoxelSize).Should().Be((1, new VoxelSize(5.92, 8, 8)));
    }

    [Fact]
    public async Task The_image_s_own_scale_multiplies_the_levels_and_micrometres_become_nanometres()
    {
        var infos = await Store.InfosAsync("series");
        infos[0].Axes.Should().Be("tczyx");
        infos[0].VoxelSize.Should().Be(new VoxelSize(40, 8, 8));
        infos[1].VoxelSize.Should().Be(new VoxelSize(40, 16, 16));
        infos.Should().ContainSingle(info => info.Name == "labels/cells/0").Which.Type.Should().Be(VoxelType.UInt64);
    }

    [Theory]
    [InlineData("old-0.1", "tczyx")]
    [InlineData("old-0.3", "cyx")]
    [InlineData("no-unit", "zyx")]
    public async Task What_the_metadata_does_not_state_is_unknown(string group, string axes)
    {
        var info = (await Store.InfosAsync(group)).Single();
        info.Axes.Should().Be(axes);
        info.VoxelSize.Should().Be(VoxelSize.Unknown);
        info.VoxelSizeOrigin.Should().BeNull();
    }

    [Fact]
    public async Task A_resolution_on_the_array_is_in_nanometres_and_a_bare_NaN_does_no_harm()
    {
        var info = (await Store.InfosAsync("daisy")).Single();
        info.VoxelSize.Should().Be(new VoxelSize(40, 4, 4));
        info.VoxelSizeOrigin.Should().Be(".zattrs resolution");
        info.Metadata.Should().Contain(new MetadataValue("note", "NaN", ".zattrs"));
    }

    [Theory]
    [InlineData("em/fibsem", "s0,s1,s2")]
    [InlineData("series", "0,1,labels/cells/0")]
    [InlineData("consolidated", "raw/s0")]
    [InlineData("em/fibsem/s1", "")]
    public async Task A_server_without_listings_needs_only_metadata(string path, string names)
    {
        (await Unlisted.InfosAsync(path)).Select(info => info.Name).Should().Equal(names.Split(','));
    }

    [Fact]
    public async Task Without_listings_and_without_metadata_the_message_says_what_to_do()
    {
        var error = await Unlisted.ErrorAsync("em", "zarr2");
        error.Fault.Should().Be(Fault.Unsupported);
        error.Message.Should().Contain("name an array");
    }

    [Fact]
    public async Task Consolidated_metadata_is_read_instead_of_every_file()
    {
        var store = MemoryStore.Of("zarr2/images.zarr");
        var info = (await store.InfosAsync("consolidated")).Single();
        info.VoxelSize.Should().Be(new VoxelSize(5, 5, 5));
        store.Reads.Should().Contain("consolidated/.zmetadata").And.NotContain("consolidated/raw/s0/.zarray").And.NotContain("consolidated/raw/.zattrs");
    }

    [Fact]
    public async Task Arrays_below_a_folder_that_is_no_group_are_found()
    {
        var store = MemoryStore.Of("zarr2/images.zarr/em/fibsem");
        foreach (var name in new[] { ".zgroup", ".zattrs" })
            store.Remove(name);
        (await store.InfosAsync()).Select(info => info.Name).Should().Equal("s0", "s1", "s2");
    }

    [Fact]
    public async Task Named_dimensions_of_an_array_are_its_axes()
    {
        var store = MemoryStore.Of("zarr2/images.zarr/daisy").With(".zattrs", """{"_ARRAY_DIMENSIONS": ["c", "y", "x"]}""");
        (await store.InfosAsync()).Single().Axes.Should().Be("cyx");
    }
}
