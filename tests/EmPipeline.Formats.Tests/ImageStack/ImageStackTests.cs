using System.Security.Cryptography;
using EmPipeline.Formats.ImageStack;
using EmPipeline.Formats.Tests.Tiff;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.ImageStack;

public sealed class ImageStackTests
{
    [Theory]
    [InlineData("slice2.png", "slice10.png")]
    [InlineData("s_009_a.png", "s_9_b.png")]
    [InlineData("z1_t10.tif", "z2_t9.tif")]
    [InlineData("FEI-16bits.tif", "FEI-8bits.tif")]
    [InlineData("a99999999999999999999.png", "a100000000000000000000.png")]
    public void Names_are_ordered_by_their_numbers_but_not_by_numbers_with_a_unit(string first, string second)
    {
        new SliceName(first).CompareTo(new SliceName(second)).Should().BeNegative();
        new SliceName(second).CompareTo(new SliceName(first)).Should().BePositive();
    }

    [Theory]
    [InlineData(null, "a1", "a2", "a3")]
    [InlineData(null, "a2", "a4", "a6")]
    [InlineData("2 missing: 9 to 10", "a7", "a8", "a11")]
    [InlineData("1 missing: 8", "a6", "a7", "a9")]
    [InlineData("number 7 is there more than once", "a7", "a07", "a8")]
    [InlineData(null, "t1_z1", "t1_z2", "t2_z1")]
    [InlineData(null, "a1", "b2")]
    public void Gaps_in_the_numbering_are_found(string? expected, params string[] names) =>
        SliceGaps.Find([.. names.Select(name => new SliceName(name + ".png")).Order()]).Should().Be(expected);

    [Fact]
    public async Task A_gap_is_reported_and_the_slices_that_are_there_follow_one_another()
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Fixture("imagestack/gap"));
        reader.Info.Shape.Should().Be(new NdIndex(3, FormulaVoxels.Height, FormulaVoxels.Width));
        reader.Info.Metadata.Should().Contain(value => value.Key == "Numbering" && value.Value == "2 missing: 9 to 10");
        (await reader.ReadAllAsync()).Should().Equal(FormulaVoxels.Of(VoxelType.UInt8, 3));
    }

    [Fact]
    public async Task A_slice_of_another_size_is_refused_with_its_name_and_both_sizes()
    {
        var (a, b) = (await FixtureAsync("gray_u8.png"), await FixtureAsync("rgb_u8.png"));
        var error = await FailAsync(new() { ["s/1.png"] = a, ["s/2.png"] = b });
        error.Message.Should().Contain("2.png").And.Contain("37×45×3 (yxc)").And.Contain("37×45 (yx)").And.Contain("1.png");
    }

    [Fact]
    public async Task Slices_of_8_and_16_bits_are_a_16_bit_stack_and_that_is_reported()
    {
        await using var store = new MemoryStore(new Dictionary<string, byte[]>
        {
            ["s/1.png"] = await FixtureAsync("gray_u8.png"),
            ["s/2.png"] = await FixtureAsync("gray_u16.png"),
        });
        await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "s"))).Single();
        reader.Info.Type.Should().Be(VoxelType.UInt16);
        reader.Info.Metadata.Should().Contain(value => value.Key == "Voxel types");
        var voxels = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
        voxels.Should().Equal([.. FormulaVoxels.Of(VoxelType.UInt8).SelectMany(value => new byte[] { value, 0 }), .. FormulaVoxels.Of(VoxelType.UInt16)]);
    }

    [Theory]
    [InlineData(VoxelType.UInt8, VoxelType.Int8, VoxelType.Int16)]
    [InlineData(VoxelType.UInt16, VoxelType.Float32, VoxelType.Float32)]
    [InlineData(VoxelType.Boolean, VoxelType.UInt8, VoxelType.UInt8)]
    [InlineData(VoxelType.UInt32, VoxelType.Float32, VoxelType.Float64)]
    [InlineData(VoxelType.Int64, VoxelType.UInt64, null)]
    public void The_common_type_holds_both(VoxelType a, VoxelType b, VoxelType? expected) => VoxelWidening.Common(a, b).Should().Be(expected);

    [Fact]
    public async Task Slices_of_TIFF_are_read_by_their_own_reader_and_give_the_voxel_size()
    {
        await using var store = new MemoryStore(new Dictionary<string, byte[]>
        {
            ["s/9.tif"] = await File.ReadAllBytesAsync(SharedData.Fixture("tiff/resolution_in_cm.tif")),
            ["s/10.tif"] = await File.ReadAllBytesAsync(SharedData.Fixture("tiff/resolution_in_cm.tif")),
        });
        await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "s"))).Single();
        reader.Info.VoxelSize.Should().Be(new VoxelSize(null, 10, 5));
        reader.Info.VoxelSizeOrigin.Should().StartWith("9.tif ");
    }

    [Fact]
    public async Task Boxes_in_the_same_slices_decode_each_slice_once()
    {
        await using var store = new CountingStore(new LocalStore(SharedData.Fixture("imagestack")));
        await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "numbered"))).Single();
        var buffer = new byte[4 * 8 * 8];
        await reader.ReadAsync(new Box(new NdIndex(0, 0, 0), new NdIndex(4, 8, 8)), buffer);
        var after = store.Reads;
        for (var x = 8; x < 40; x += 8)
            await reader.ReadAsync(new Box(new NdIndex(0, 8, x), new NdIndex(4, 8, 8)), buffer);
        store.Reads.Should().Be(after);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_PNG_filter_is_undone(int filter)
    {
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Fixture($"imagestack/filter_{filter}.png"));
        (await reader.ReadAllAsync()).Should().Equal(FormulaVoxels.Of(VoxelType.UInt16, 1, 3));
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("rgb_420.jpg")]
    [InlineData("rgb_progressive_422.jpg")]
    [InlineData("rgb_444.jpg")]
    public async Task JPEG_is_decoded_exactly_as_libjpeg_does(string path)
    {
        var digest = File.ReadLines(SharedData.Fixture("imagestack/expected.tsv")).Single(line => line.StartsWith(path + "\t", StringComparison.Ordinal)).Split('\t')[1];
        await using var reader = await OpenedFixture.OpenAsync(SharedData.Fixture($"imagestack/{path}"));
        Convert.ToHexStringLower(SHA256.HashData(await reader.ReadAllAsync())).Should().Be(digest);
    }

    [Theory]
    [InlineData("gray_u8.png")]
    [InlineData("rgb_u16_interlaced.png")]
    [InlineData("rgb_420.jpg")]
    public async Task A_truncated_image_is_corrupt(string name)
    {
        var whole = await FixtureAsync(name);
        for (var length = 1; length < whole.Length - 2; length += 1 + (whole.Length / 60))
        {
            // Too short for its signature it is no image at all.
            var error = await FailAsync(new() { ["s/1" + Path.GetExtension(name)] = whole[..length] });
            error.Fault.Should().Be(Fault.Corrupt);
            error.Message.Should().StartWith("s/1");
        }
    }

    [Theory]
    [InlineData(1, 0xC3, "lossless")]
    [InlineData(1, 0xC9, "arithmetic")]
    [InlineData(4, 12, "12 bits")]
    public async Task JPEG_of_a_kind_that_is_not_read_is_unsupported(int fieldAt, byte value, string named)
    {
        var file = await FixtureAsync("rgb_420.jpg");
        var frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        file[frame + fieldAt] = value;
        var error = await FailAsync(new() { ["s/1.jpg"] = file });
        error.Fault.Should().Be(Fault.Unsupported);
        error.Message.Should().Contain(named);
    }

    [Fact]
    public async Task A_folder_with_one_TIFF_stack_is_that_stack()
    {
        var file = await File.ReadAllBytesAsync(SharedData.Fixture("tiff/u8_stack_lzw.tif"), TestContext.Current.CancellationToken);
        await using var store = new MemoryStore("s/stack.tif", file);
        var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "s"), cancellation: TestContext.Current.CancellationToken)).Should().ContainSingle().Subject;
        reader.Info.Format.Should().Be("tiff");
        reader.Info.Axes.Should().Be("zyx");
    }

    [Fact]
    public async Task Damaged_pixels_of_a_PNG_are_found_by_its_checksum()
    {
        var damaged = await FixtureAsync("gray_u16.png");
        damaged[damaged.Length / 2] ^= 0x10;
        (await FailAsync(new() { ["s/1.png"] = damaged })).Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task A_PNG_header_that_claims_more_than_its_data_can_hold_is_refused()
    {
        var claiming = await FixtureAsync("gray_u8.png");
        (claiming[16], claiming[20]) = (0x40, 0x40);
        (await FailAsync(new() { ["s/1.png"] = claiming })).Message.Should().Contain("too short");
    }

    [Fact]
    public async Task A_folder_without_images_is_not_a_stack()
    {
        await using var store = new MemoryStore("s/readme.txt", [1]);
        var open = async () => await FormatRegistry.OpenAsync(new VolumePath(store, "s"));
        (await open.Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Unsupported);
    }

    private static Task<byte[]> FixtureAsync(string name) => File.ReadAllBytesAsync(SharedData.Fixture($"imagestack/{name}"));

    private static async Task<EmException> FailAsync(Dictionary<string, byte[]> files)
    {
        await using var store = new MemoryStore(files);
        var read = async () =>
        {
            await using var reader = (await new ImageStackFormat().OpenAsync(new VolumePath(store, "s"))).Single();
            await reader.ReadAsync(Box.Whole(reader.Info.Shape), new byte[reader.Info.DecodedBytes]);
        };
        return (await read.Should().ThrowAsync<EmException>()).Which;
    }
}
