using EmPipeline.Formats.Tiff;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Tiff;

public sealed class TiffMetadataTests
{
    [Theory]
    [InlineData("imagej_hyperstack.tif", 30.0, 5.0, 4.0)]
    [InlineData("ome_czyx.ome.tif", 30.0, 5.0, 4.0)]
    [InlineData("resolution_in_cm.tif", null, 10.0, 5.0)]
    [InlineData("resolution_for_print.tif", null, null, null)]
    [InlineData("u8_stack_strips.tif", null, null, null)]
    public async Task Voxel_size_is_what_the_file_states(string file, double? z, double? y, double? x)
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Fixture($"tiff/{file}"));
        ShouldBe(reader.Info.VoxelSize, z, y, x);
        (reader.Info.VoxelSizeOrigin is null).Should().Be(x is null);
    }

    [Theory]
    [InlineData("replicas/idr-like/idr_like_imagej_52x187x263_u8_be.tif", 20.0, 20.0, 20.0)]
    [InlineData("replicas/idr-like/idr_like_tifffile_46x194x280_u8_be.tif", 20.0, 20.0, 20.0)]
    [InlineData("replicas/epfl-like/epfl_like_tifffile_24x340x500_u8.tif", null, null, null)]
    [InlineData("replicas/epfl-like/epfl_like_itk_libtiff_6x190x2048_u8.tif", null, null, null)]
    [InlineData("realdata/tiff/rosettasciio/test_loading_image_saved_with_imageJ_stack.tif", 2500.0, 168.67472, 168.67472)]
    [InlineData("realdata/tiff/rosettasciio/test_loading_image_saved_with_DM.tif", null, 168.67469, 168.67469)]
    [InlineData("realdata/tiff/rosettasciio/olympus_SIS.tif", null, 0.023927918, 0.023927918)]
    [InlineData("realdata/tiff/rosettasciio/tiff_FEI_Helios/FEI-Helios-Ebeam-8bits.tif", null, 3372.4, 3372.4)]
    [InlineData("realdata/tiff/rosettasciio/tiff_FEI_Helios", null, 3372.4, 3372.4)]
    [InlineData("realdata/tiff/scikit-image/_blobs_3d_fiji_skeleton.tif", null, null, null)]
    [InlineData("realdata/tiff/tensorstore/D75_08b_grey.tiff", null, null, null)]
    public async Task Voxel_size_of_files_by_other_software(string path, double? z, double? y, double? x)
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Require(path));
        ShouldBe(reader.Info.VoxelSize, z, y, x);
    }

    [Fact]
    public async Task Zeiss_text_gives_the_image_pixel_size()
    {
        var text = "0\r\n0\r\n0\r\n2.614514e-009\r\n0\r\nDP_IMAGE_STORE\r\nStore resolution = 1024 * 768\r\nAP_PIXEL_SIZE\r\nPixel Size = 99.9 nm\r\n"
            + "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 2.615 \u00b5m\r\nAP_DATE\r\nDate :13 Mar 2015\r\n";
        var info = await InfoAsync(new TiffBuilder().Gray(2, 2, 8, 8, 4).Text(34118, text));
        ShouldBe(info.VoxelSize, null, 2615, 2615);
        info.Metadata.Should().Contain(value => value.Key == "AP_DATE Date" && value.Value == "13 Mar 2015");
    }

    [Fact]
    public async Task Zeiss_numbers_stand_in_where_no_pixel_size_is_named()
    {
        // They are for a picture of 1024 pixels across.
        var info = await InfoAsync(new TiffBuilder().Gray(512, 1, 1, 8, 64).Text(34118, "0\r\n0\r\n0\r\n2.5e-009\r\n0\r\nDP_ZOOM\r\nZoom = Off\r\n"));
        ShouldBe(info.VoxelSize, null, 5, 5);
    }

    [Theory]
    [InlineData(512, "74.24 nm", 74.240781)]
    [InlineData(1024, "37.12 nm", 37.1203905)]
    [InlineData(2048, "37.12 nm", 37.1203905)]
    [InlineData(2048, "0.1 \u00b5m", 100)]
    public async Task Zeiss_pixel_sizes_that_are_rounded_come_from_the_numbers_that_agree(int width, string stated, double expected)
    {
        var text = $"0\r\n0\r\n0\r\n3.71203905e-008\r\n0\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = {stated}\r\n";
        ShouldBe((await InfoAsync(new TiffBuilder().Gray(width, 1, 1, 8, width / 8).Text(34118, text))).VoxelSize, null, expected, expected);
    }

    [Theory]
    [InlineData("inch", null)]
    [InlineData("pixel", null)]
    [InlineData("\\u00B5m", 250.0)]
    [InlineData("um", 250.0)]
    [InlineData("pm", 0.00025)]
    [InlineData("cm", 2.5e6)]
    public async Task ImageJ_units_are_lengths_or_say_nothing(string unit, double? expected)
    {
        // A rational of 4 pixels a unit, behind the pixels.
        var builder = new TiffBuilder().Gray(2, 2, 8, 8, 4).Text(270, $"ImageJ=1.54f\nunit={unit}\n").Tag(296, TiffBuilder.Short, 1)
            .Claim(282, 5, 1, 12).Claim(283, 5, 1, 12);
        ShouldBe((await InfoAsync(builder, [1, 2, 3, 4, 4, 0, 0, 0, 1, 0, 0, 0])).VoxelSize, null, expected, expected);
    }

    [Fact]
    public async Task FEI_text_gives_the_pixel_size_of_the_scan_that_made_the_image()
    {
        var text = "[User]\r\nDate=06/13/2016\r\n[EScan]\r\nPixelWidth=9e-9\r\nPixelHeight=9e-9\r\n[Scan]\r\nPixelWidth=4.5e-9\r\nPixelHeight=5e-9\r\n";
        var info = await InfoAsync(new TiffBuilder().Gray(2, 2, 8, 8, 4).Text(34680, text));
        ShouldBe(info.VoxelSize, null, 5, 4.5);
        info.VoxelSizeOrigin.Should().Be("tag 34680 (FEI) Scan.PixelWidth");
        info.Metadata.Should().Contain(value => value.Key == "User.Date" && value.Value == "06/13/2016");
    }

    [Fact]
    public async Task Pages_of_other_types_are_arrays_of_their_own_and_thumbnails_are_left_out()
    {
        var (store, readers) = await OpenedFixture.OpenAllAsync(SharedData.Fixture("tiff/two_sizes_and_a_thumbnail.tif"));
        await using var _ = store;
        readers.Select(reader => reader.Info.Name).Should().Equal("pages[0]", "pages[2]");
        readers.Select(reader => reader.Info.Type).Should().Equal(VoxelType.UInt8, VoxelType.UInt16);
        readers[0].Info.Metadata.Should().Contain(value => value.Key == "Pages left out");
    }

    [Fact]
    public async Task Full_images_in_sub_directories_are_arrays_and_reduced_ones_are_not()
    {
        var (store, readers) = await OpenedFixture.OpenAllAsync(SharedData.Fixture("tiff/sub_directories.tif"));
        await using var _ = store;
        readers.Select(reader => reader.Info.Name).Should().Equal("pages[0]", "pages[0].sub[1]");
        var voxels = new byte[readers[1].Info.DecodedBytes];
        await readers[1].ReadAsync(Box.Whole(readers[1].Info.Shape), voxels);
        voxels.Should().Equal(FormulaVoxels.Of(VoxelType.UInt16));
    }

    [Fact]
    public async Task The_digest_list_has_int16_zstd_as_the_int32_that_Pillow_makes_of_it()
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Require("realdata/tiff/image-tiff/int16_zstd.tif"));
        reader.Info.Type.Should().Be(VoxelType.Int16);
        var voxels = await reader.ReadAllAsync();
        var widened = voxels.Chunk(2).SelectMany(pair => BitConverter.GetBytes((int)BitConverter.ToInt16(pair))).ToArray();
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(widened)).Should().StartWith("f29d2f35607966e6");
    }

    [Fact]
    public async Task An_OME_file_that_was_renamed_is_still_read_by_its_description()
    {
        var bytes = await File.ReadAllBytesAsync(SharedData.Fixture("tiff/ome_czyx.ome.tif"));
        await using var store = new MemoryStore("other.tif", bytes);
        var reader = (await new TiffFormat().OpenAsync(new VolumePath(store, "other.tif"))).Should().ContainSingle().Subject;
        reader.Info.Axes.Should().Be("czyx");
    }

    private static async Task<VolumeInfo> InfoAsync(TiffBuilder builder, byte[]? pixels = null)
    {
        await using var store = new MemoryStore("a.tif", builder.File(pixels ?? new byte[512]));
        return (await new TiffFormat().OpenAsync(new VolumePath(store, "a.tif"))).Should().ContainSingle().Subject.Info;
    }

    private static void ShouldBe(VoxelSize size, double? z, double? y, double? x)
    {
        Near(size.Z, z);
        Near(size.Y, y);
        Near(size.X, x);

        static void Near(double? got, double? expected)
        {
            (got is null).Should().Be(expected is null);
            if (expected is { } value)
                got.Should().BeApproximately(value, value * 1e-4);
        }
    }
}
