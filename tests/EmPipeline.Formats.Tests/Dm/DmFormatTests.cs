using EmPipeline.Formats.Dm;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Dm;

public sealed class DmFormatTests
{
    private static readonly (double, string)[] Nanometres = [(4, "nm"), (4, "nm")];

    [Theory]
    [InlineData("pm", 0.008)]
    [InlineData("nm", 8d)]
    [InlineData("um", 8000d)]
    [InlineData("µm", 8000d)]
    [InlineData("μm", 8000d)]
    [InlineData("A", 0.8)]
    [InlineData("Å", 0.8)]
    [InlineData("mm", 8000000d)]
    [InlineData("eV", null)]
    [InlineData("1/nm", null)]
    [InlineData("", null)]
    public async Task A_calibration_is_given_in_nanometres_or_not_at_all(string unit, double? expected)
    {
        var info = await InfoAsync(DmWriter.Image(DmTypes.UInt8, new byte[4], [2, 2], [(8, unit), (1, "nm")]));
        info.VoxelSize.X.Should().Be(expected);
        info.VoxelSize.Y.Should().Be(1);
        info.VoxelSize.Z.Should().BeNull();
    }

    [Fact]
    public async Task The_slice_thickness_of_the_recording_is_z_and_that_of_the_approach_is_not()
    {
        var info = await InfoAsync(DmWriter.Image(
            DmTypes.UInt8, new byte[4], [2, 2], Nanometres,
            ("SBFSEM", new (string, object)[]
            {
                ("Approach", new (string, object)[] { ("Slice thickness", 200.0) }),
                ("Record", new (string, object)[] { ("Slice thickness", 50.0) }),
            })));
        info.Axes.Should().Be("yx");
        info.VoxelSize.Should().Be(new VoxelSize(50, 4, 4));
        info.VoxelSizeOrigin.Should().Contain("SBFSEM.Record.Slice thickness").And.Contain("ImageData.Calibrations");
        info.Metadata.Should().Contain(value => value.Key == "ImageTags.SBFSEM.Approach.Slice thickness" && value.Value == "200");
    }

    [Fact]
    public async Task A_slice_of_which_only_the_approach_is_stated_has_no_known_thickness()
    {
        var info = await InfoAsync(DmWriter.Image(
            DmTypes.UInt8, new byte[4], [2, 2], Nanometres,
            ("SBFSEM", new (string, object)[] { ("Approach", new (string, object)[] { ("Slice thickness", 200.0) }) })));
        info.VoxelSize.Should().Be(new VoxelSize(null, 4, 4));
    }

    [Fact]
    public async Task The_third_dimension_of_Meta_Data_states_the_thickness_with_its_unit()
    {
        var info = await InfoAsync(DmWriter.Image(
            DmTypes.UInt8, new byte[4], [2, 2], Nanometres,
            ("Meta Data", new (string, object)[]
            {
                ("Dimension info", DmWriter.Unnamed(
                    [("Scale", 1f), ("Units", "nm")], [("Scale", 2f), ("Units", "nm")], [("Scale", 0.05f), ("Units", "µm")])),
            })));
        info.VoxelSize.Z.Should().BeApproximately(50, 1e-5);
        info.VoxelSizeOrigin.Should().Contain("Meta Data.Dimension info.2");
    }

    [Fact]
    public async Task A_date_keeps_its_text_and_the_time_of_the_system_tells_day_from_month()
    {
        // 11.06.2018 is the 11th of June: the microscope's computer counted 131732224360000000 units of 100 ns since 1601.
        var info = await InfoAsync(DmWriter.Image(
            DmTypes.UInt8, new byte[4], [2, 2], [],
            ("DataBar", new (string, object)[] { ("Acquisition Date", "11.06.2018"), ("Acquisition Time (OS)", 1.3173222436e17) })));
        info.Metadata.Should().Contain(value => value.Key == "ImageTags.DataBar.Acquisition Date" && value.Value == "11.06.2018");
        info.Metadata.Should().Contain(value => value.Key.StartsWith("Acquisition date") && value.Value == "2018-06-11");
        info.Metadata.Should().Contain(value => value.Key.StartsWith("Acquisition instant") && value.Value == "2018-06-11T20:27:16Z");
    }

    [Fact]
    public async Task A_date_with_slashes_stays_text()
    {
        var info = await InfoAsync(DmWriter.Image(
            DmTypes.UInt8, new byte[4], [2, 2], [], ("DataBar", new (string, object)[] { ("Acquisition Date", "11/06/2018") })));
        info.Metadata.Should().NotContain(value => value.Key.StartsWith("Acquisition date"));
    }

    [Fact]
    public async Task Thumbnails_are_left_out_by_the_list_wherever_they_stand_and_two_images_have_names()
    {
        var colour = DmWriter.Image(DmTypes.Rgba, new byte[4], [1, 1], []);
        var image = DmWriter.Image(DmTypes.UInt8, new byte[] { 7 }, [1, 1], []);
        var file = DmWriter.Write(
            3, false,
            ("ImageList", DmWriter.Unnamed(image, colour, colour)),
            ("Thumbnails", DmWriter.Unnamed([("ImageIndex", 1u)])));
        var readers = await OpenAsync(file);
        readers.Select(reader => (reader.Info.Name, reader.Info.Axes)).Should().Equal(("ImageList[0]", "yx"), ("ImageList[2]", "yxc"));
    }

    [Fact]
    public async Task A_colour_picture_before_the_images_is_a_thumbnail_when_no_list_says_so()
    {
        var colour = DmWriter.Image(DmTypes.Rgba, new byte[4], [1, 1], []);
        var image = DmWriter.Image(DmTypes.UInt8, new byte[] { 7 }, [1, 1], []);
        (await OpenAsync(DmWriter.Write(3, false, ("ImageList", DmWriter.Unnamed(colour, image))))).Should().ContainSingle().Which.Info.Axes.Should().Be("yx");
        (await OpenAsync(DmWriter.Write(3, false, ("ImageList", DmWriter.Unnamed(colour))))).Should().ContainSingle().Which.Info.Axes.Should().Be("yxc");
        var shown = DmWriter.Write(
            3, false, ("ImageList", DmWriter.Unnamed(colour, image)), ("ImageSourceList", DmWriter.Unnamed([("ImageRef", 0u)])));
        (await OpenAsync(shown)).Should().HaveCount(2);
    }

    [Fact]
    public async Task A_third_dimension_of_energies_is_no_z()
    {
        var info = await InfoAsync(DmWriter.Image(DmTypes.UInt8, new byte[8], [2, 2, 2], [(1, "nm"), (1, "nm"), (0.5, "eV")]));
        info.Axes.Should().Be("?yx");
        info.VoxelSize.Should().Be(new VoxelSize(null, 1, 1));
    }

    [Fact]
    public async Task A_packed_transform_is_named_as_what_is_not_read()
    {
        var file = DmWriter.Images(3, false, DmWriter.Image(DmTypes.PackedComplex, new float[4], [2, 2], []));
        var error = await Assert.ThrowsAsync<EmException>(() => OpenAsync(file));
        error.Fault.Should().Be(Fault.Unsupported);
        error.Message.Should().Contain("data type 5");
    }

    [Fact]
    public async Task Opening_a_large_image_reads_its_tags_only_and_a_region_reads_just_its_rows()
    {
        const int Edge = 2048;
        var data = new byte[Edge * Edge];
        data[(1000 * Edge) + 500] = 9;
        var file = DmWriter.Images(3, false, DmWriter.Image(DmTypes.UInt8, data, [Edge, Edge], Nanometres));
        var store = new CountingStore(new MemoryStore("a.dm3", file));
        var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "a.dm3"))).Single();
        store.Bytes.Should().BeLessThan(300_000);
        store.Reset();
        var box = new Box(new NdIndex(1000, 400), new NdIndex(64, 128));
        var buffer = new byte[box.Volume];
        await reader.ReadAsync(box, buffer, TestContext.Current.CancellationToken);
        buffer[100].Should().Be(9);
        store.Bytes.Should().BeLessThanOrEqualTo(buffer.Length * 11 / 10);
    }

    [Fact]
    public async Task Files_by_Gatan_state_their_calibrations()
    {
        (await RealAsync("dm/openNCEM/dmTest_3D_int16_64,65,66.dm3")).VoxelSize.Should().Be(new VoxelSize(4000, 3, 0.002));
        (await RealAsync("dm/openNCEM/dmTest_float32_nonSquare_diffPixelSize.dm4")).VoxelSize.Should().Be(new VoxelSize(null, 0.2, 1));
        (await RealAsync("dm/openNCEM/08_carbon.dm3")).VoxelSize.Should().Be(VoxelSize.Unknown);
    }

    [Theory]
    [InlineData("0000", 12438)]
    [InlineData("0015", 39702)]
    public async Task A_slice_of_a_block_face_microscope_has_its_place_and_its_three_edges(string slice, int offset)
    {
        var info = await RealAsync($"../replicas/empiar-like/data/F25_test1_3VBSED_slice_{slice}.dm3");
        info.Shape.Should().Be(new NdIndex(400, 388));
        info.Axes.Should().Be("yx");
        info.VoxelSize.Z.Should().Be(50);
        info.VoxelSize.X.Should().BeApproximately(7.998250425, 1e-9);
        info.Metadata.Should().Contain(value => value.Key == "Pixel offset" && value.Value == $"{offset}");
    }

    private static async Task<VolumeInfo> RealAsync(string relative)
    {
        var full = SharedData.Require("realdata/" + relative);
        await using var store = new LocalStore(Path.GetDirectoryName(full)!);
        return (await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(full)))).Single().Info;
    }

    private static async Task<VolumeInfo> InfoAsync((string, object)[] image) => (await OpenAsync(DmWriter.Images(3, false, image))).Single().Info;

    private static async Task<IReadOnlyList<IVolumeReader>> OpenAsync(byte[] file) => await new DmFormat().OpenAsync(Opening.InMemory("a.dm3", file));
}
