using EmPipeline.Formats.Hdf5;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Hdf5;

public sealed class Hdf5FormatTests
{
    [Theory]
    [InlineData("layouts-v1.h5", 37)]
    [InlineData("layouts-latest.h5", 37)]
    public async Task Every_type_layout_and_chunk_index_decodes(string file, int count)
    {
        var readers = await Hdf5Fixture.OpenAsync(file);
        readers.Should().HaveCount(count);
        foreach (var reader in readers)
            (await Hdf5Fixture.ReadAsync(reader)).Should().Equal(Hdf5Fixture.RampOf(reader.Info.Type), reader.Info.Name);
    }

    [Theory]
    [InlineData("filters-v1.h5")]
    [InlineData("filters-latest.h5")]
    public async Task Every_filter_of_h5py_decodes(string file)
    {
        var read = 0;
        foreach (var reader in await Hdf5Fixture.OpenAsync(file))
        {
            if (reader.Info.Name is "masked")
                continue;
            (await Hdf5Fixture.ReadAsync(reader)).Should().Equal(Hdf5Fixture.RampOf(reader.Info.Type), reader.Info.Name);
            read++;
        }

        read.Should().Be(13);
    }

    [Theory]
    [InlineData("filters-v1.h5")]
    [InlineData("filters-latest.h5")]
    public async Task A_chunk_that_went_round_some_of_its_filters_is_decoded_with_the_others(string file)
    {
        var voxels = await Hdf5Fixture.ReadAsync(await Hdf5Fixture.OpenAsync(file, "masked"));
        voxels.Should().Equal(Hdf5Fixture.Bytes(Enumerable.Range(0, 240).Select(i => (ushort)(i % 120))));
    }

    [Fact]
    public async Task Numbers_of_some_bits_and_szip_decode_in_both_byte_orders()
    {
        var readers = await Hdf5Fixture.OpenAsync("filters-more.h5");
        readers.Should().HaveCount(15);
        foreach (var reader in readers.Where(reader => reader.Info.Name != "zfp"))
            (await Hdf5Fixture.ReadAsync(reader)).Should().Equal(Hdf5Fixture.RampOf(reader.Info.Type), reader.Info.Name);
    }

    [Fact]
    public async Task A_filter_without_a_decoder_is_unsupported_and_the_message_names_it_and_the_dataset()
    {
        var reader = await Hdf5Fixture.OpenAsync("filters-more.h5", "zfp");
        var error = await Assert.ThrowsAsync<EmException>(() => Hdf5Fixture.ReadAsync(reader));
        error.Fault.Should().Be(Fault.Unsupported);
        error.Message.Should().Contain("zfp").And.Contain("32013");
    }

    [Fact]
    public async Task Chunks_are_found_whatever_axes_may_grow_and_however_far()
    {
        var readers = (await Hdf5Fixture.OpenAsync("layouts-more.h5")).Where(reader => reader.Info.Name.StartsWith("ramp/")).ToList();
        readers.Should().HaveCount(7);
        foreach (var reader in readers)
            (await Hdf5Fixture.ReadAsync(reader)).Should().Equal(Hdf5Fixture.RampOf(reader.Info.Type), reader.Info.Name);
    }

    [Fact]
    public async Task Parts_that_were_never_written_or_cut_away_and_written_again_are_fill_values()
    {
        var paged = await Hdf5Fixture.ReadAsync(await Hdf5Fixture.OpenAsync("layouts-more.h5", "paged"));
        paged.Should().Equal(Enumerable.Range(0, 1100).Select(i => i is >= 1020 and < 1050 ? (byte)(i - 1020) : (byte)7));
        var part = await Hdf5Fixture.ReadAsync(await Hdf5Fixture.OpenAsync("layouts-more.h5", "part"));
        part.Should().Equal(Hdf5Fixture.Bytes(Enumerable.Range(0, 6 * 7 * 9).Select(i => i / 63 == 5 && i / 9 % 7 < 3 && i % 9 < 5 ? 4 : -9)));
        var shrunk = await Hdf5Fixture.ReadAsync(await Hdf5Fixture.OpenAsync("layouts-more.h5", "shrunk"));
        shrunk.Should().Equal(Hdf5Fixture.Bytes(Enumerable.Range(0, 3 * 5 * 4).Select(i => (ushort)(((i / 20 * 63) + (i / 4 % 5 * 9) + (i % 4)) % 120))));
    }

    [Fact]
    public async Task Array_types_are_axes_and_padding_bits_do_not_count()
    {
        var array = await Hdf5Fixture.OpenAsync("layouts-more.h5", "array");
        array.Info.Shape.Should().Be(new NdIndex(4, 3, 2));
        array.Info.Axes.Should().Be("x??");
        (await Hdf5Fixture.ReadAsync(array)).Should().Equal(Hdf5Fixture.Bytes(Enumerable.Range(0, 24).Select(i => (short)i)));
        (await Hdf5Fixture.ReadAsync(await Hdf5Fixture.OpenAsync("layouts-more.h5", "precision"))).Should().Equal(Hdf5Fixture.Bytes<int>([-2, -1, 0, 1, 2]));
    }

    [Fact]
    public async Task One_damaged_dataset_leaves_the_others_readable()
    {
        var file = await File.ReadAllBytesAsync(SharedData.Fixture("hdf5/layouts-v1.h5"), TestContext.Current.CancellationToken);
        var all = (await new Hdf5Format().OpenAsync(Opening.InMemory("a.h5", file), TestContext.Current.CancellationToken)).Count;
        // The datatype message of the first dataset, a version 1 type of class 0 and two bytes: its class becomes one that does not exist.
        var at = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x10, 0x08, 0, 0, 2, 0, 0, 0, 0, 0, 16, 0]);
        file[at] = 0x1F;
        var readers = await new Hdf5Format().OpenAsync(Opening.InMemory("a.h5", file), TestContext.Current.CancellationToken);
        readers.Should().HaveCount(all - 1);
        readers[0].Info.Metadata.Should().Contain(value => value.Key.StartsWith("not read: "));
    }

    [Fact]
    public async Task What_is_no_array_of_numbers_is_named_and_left_out_and_links_are_followed_once()
    {
        var readers = await Hdf5Fixture.OpenAsync("kinds.h5");
        readers.Select(reader => reader.Info.Name).Should().Equal(
            "again", "big_complex", "bool", "c", "complex64", "enum", "fill", "late", "none", "scalar");
        readers[0].Info.Metadata.Where(value => value.Key.StartsWith("not read")).Select(value => value.Key).Should().BeEquivalentTo(
            "not read: /strings", "not read: /table", "not read: /empty", "not read: /dangling");
    }

    [Fact]
    public async Task Booleans_enumerations_complex_numbers_scalars_and_fill_values_are_read()
    {
        (await VoxelsAsync("bool")).Should().Equal(1, 0, 1);
        (await VoxelsAsync("enum")).Should().Equal(2, 0, 0, 0, 1, 0);
        (await VoxelsAsync("complex64")).Should().Equal(Hdf5Fixture.Bytes<float>([1, 2, 3, -4]));
        (await VoxelsAsync("big_complex")).Should().Equal(Hdf5Fixture.Bytes<float>([1, 2, 3, -4]));
        (await VoxelsAsync("scalar")).Should().Equal(BitConverter.GetBytes(2.5));
        (await VoxelsAsync("fill")).Should().Equal(Hdf5Fixture.Bytes(Enumerable.Repeat((short)-7, 12)));
        (await VoxelsAsync("late")).Should().Equal(new byte[24]);
        (await Hdf5Fixture.OpenAsync("kinds.h5", "bool")).Info.Type.Should().Be(VoxelType.Boolean);
        (await Hdf5Fixture.OpenAsync("kinds.h5", "complex64")).Info.Axes.Should().Be("xi");

        static async Task<byte[]> VoxelsAsync(string dataset) => await Hdf5Fixture.ReadAsync(await Hdf5Fixture.OpenAsync("kinds.h5", dataset));
    }

    [Theory]
    [InlineData("volumes/raw", "zyx", 40d, 4d, 4d, "resolution")]
    [InlineData("ilastik", "zyx", 50d, 8d, 8d, "element_size_um")]
    [InlineData("tagged", "zyxc", 50d, 8d, 8d, "element_size_um")]
    [InlineData("not_a_size", "zyx", null, null, null, null)]
    [InlineData("emd/data", "zyx", 50d, 8d, 8d, "dim")]
    [InlineData("emd/dim1", "x", null, null, null, null)]
    [InlineData("Experiments/scan/data", "zyx", 0.5, 0.5, 0.5, "axis-N")]
    [InlineData("Data/Image/0123abcd/Data", "yxt", null, 4d, 8d, "PixelSize")]
    public async Task Each_dialect_states_its_voxel_size(string dataset, string axes, double? z, double? y, double? x, string? origin)
    {
        var info = (await Hdf5Fixture.OpenAsync("calibrated.h5", dataset)).Info;
        info.Axes.Should().Be(axes);
        foreach (var (got, expected) in new[] { (info.VoxelSize.Z, z), (info.VoxelSize.Y, y), (info.VoxelSize.X, x) })
        {
            got.HasValue.Should().Be(expected.HasValue);
            (got ?? 0).Should().BeApproximately(expected ?? 0, 1e-9);
        }

        if (origin is null)
            info.VoxelSizeOrigin.Should().BeNull();
        else
            info.VoxelSizeOrigin.Should().Contain(origin);
    }

    [Fact]
    public async Task Attributes_are_metadata_with_the_path_that_states_them()
    {
        var info = (await Hdf5Fixture.OpenAsync("calibrated.h5", "volumes/raw")).Info;
        info.Metadata.Should().Contain(new MetadataValue("offset", "80, 0, 0", "/volumes/raw"));
    }

    [Fact]
    public async Task A_region_of_a_contiguous_dataset_of_ten_gibibytes_costs_its_own_bytes()
    {
        using var folder = new TemporaryFolder();
        await using (var stream = File.Create(Path.Combine(folder.Path, "large.h5")))
        {
            stream.Write(await File.ReadAllBytesAsync(SharedData.Fixture("hdf5/contiguous-10gib.head"), TestContext.Current.CancellationToken));
            stream.SetLength(2048 + (2560L * 2048 * 2048));
        }

        await ShouldCostItsOwnBytesAsync(folder, new Box(new NdIndex(1950, 950, 650), new NdIndex(128, 128, 128)), 128 * 128 * 128);
    }

    [Fact]
    public async Task A_region_of_a_chunked_dataset_of_ten_gibibytes_costs_the_chunks_it_touches()
    {
        using var folder = new TemporaryFolder();
        var pages = await File.ReadAllBytesAsync(SharedData.Fixture("hdf5/chunked-10gib.pages"), TestContext.Current.CancellationToken);
        await using (var stream = File.Create(Path.Combine(folder.Path, "large.h5")))
        {
            for (var at = 0; at + 8 < pages.Length; at += 8 + 4096)
            {
                stream.Position = BitConverter.ToInt64(pages, at);
                stream.Write(pages.AsSpan(at + 8, 4096));
            }

            stream.SetLength(BitConverter.ToInt64(pages, pages.Length - 8));
        }

        await ShouldCostItsOwnBytesAsync(folder, new Box(new NdIndex(2000, 1000, 200), new NdIndex(10, 10, 10)), 256 * 256 * 256);
    }

    [Fact]
    public async Task Any_change_gives_an_answer_or_an_error_of_ours()
    {
        var file = await File.ReadAllBytesAsync(SharedData.Fixture("hdf5/user-block.h5"), TestContext.Current.CancellationToken);
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 400; i++)
        {
            var damaged = i % 10 == 0 ? file[..random.Next(1024, file.Length)] : file.ToArray();
            for (var j = 0; j < 4; j++)
                damaged[random.Next(1024, damaged.Length)] = (byte)random.Next(256);
            try
            {
                foreach (var reader in await new Hdf5Format().OpenAsync(Opening.InMemory("a.h5", damaged)))
                {
                    await using (reader)
                    {
                        if (reader.Info.DecodedBytes < 1 << 20)
                            await Hdf5Fixture.ReadAsync(reader);
                    }
                }
            }
            catch (EmException e)
            {
                e.Message.Should().StartWith("a.h5");
                refused++;
            }
        }

        refused.Should().BePositive();
    }

    [Fact]
    public async Task Filters_by_other_software_agree_with_each_other()
    {
        // Files whose digests nobody could compute when they were collected: all hold the same numbers under different filters.
        foreach (var (file, first) in new[] { ("PureHDF/blosc.h5", "blosclz"), ("PureHDF/bitshuffle.h5", "bitshuffle") })
        {
            var readers = await RealAsync(file);
            var elementSize = readers[0].Info.Type.Size();
            var expected = elementSize == 4 ? Hdf5Fixture.Bytes(Enumerable.Range(0, 1000)) : Hdf5Fixture.Bytes(Enumerable.Range(0, 1000).Select(i => (long)i));
            readers[0].Info.Name.Should().Be(first);
            readers.Should().HaveCountGreaterThan(1);
            foreach (var reader in readers)
                (await Hdf5Fixture.ReadAsync(reader)).Should().Equal(expected, reader.Info.Name);
        }

        foreach (var alike in (await RealAsync("jhdf/lz4_datasets.hdf5")).GroupBy(reader => reader.Info.Type))
        {
            alike.Should().HaveCountGreaterThan(1);
            var voxels = await Hdf5Fixture.ReadAsync(alike.First());
            voxels.Should().Contain(value => value != 0);
            foreach (var other in alike.Skip(1))
                (await Hdf5Fixture.ReadAsync(other)).Should().Equal(voxels, other.Info.Name);
        }
    }

    private static async Task<IReadOnlyList<IVolumeReader>> RealAsync(string relative)
    {
        var full = SharedData.Require("realdata/hdf5/" + relative);
        return await new Hdf5Format().OpenAsync(new VolumePath(new LocalStore(Path.GetDirectoryName(full)!), Path.GetFileName(full)));
    }

    private static async Task ShouldCostItsOwnBytesAsync(TemporaryFolder folder, Box box, long needed)
    {
        await using var store = new CountingStore(new LocalStore(folder.Path));
        await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "large.h5"))).Single();
        reader.Info.DecodedBytes.Should().Be(10L << 30);
        store.Bytes.Should().BeLessThan(100_000);
        store.Reset();
        await reader.ReadAsync(box, new byte[box.Volume], TestContext.Current.CancellationToken);
        store.Bytes.Should().BeInRange(needed, needed * 11 / 10);
    }
}
