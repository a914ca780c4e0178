using System.Buffers.Binary;
using EmPipeline.Formats.Mrc;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Mrc;

public sealed class MrcFormatTests
{
    [Theory]
    [InlineData(0, VoxelType.Int8, "zyx", 24)]
    [InlineData(1, VoxelType.Int16, "zyx", 48)]
    [InlineData(2, VoxelType.Float32, "zyx", 96)]
    [InlineData(3, VoxelType.Int16, "zyxi", 96)]
    [InlineData(4, VoxelType.Float32, "zyxi", 192)]
    [InlineData(6, VoxelType.UInt16, "zyx", 48)]
    [InlineData(12, VoxelType.Float16, "zyx", 48)]
    [InlineData(16, VoxelType.UInt8, "zyxc", 72)]
    [InlineData(101, VoxelType.UInt8, "zyx", 12)]
    public async Task Every_mode_has_its_type_and_axes(int mode, VoxelType type, string axes, int bytes)
    {
        var info = await InfoAsync(new MrcBuilder(4, 3, 2, mode).With(new byte[bytes]));
        (info.Type, info.Axes).Should().Be((type, axes));
        info.Shape.ToArray().Take(3).Should().Equal(2, 3, 4);
        await Assert.ThrowsAsync<EmException>(() => InfoAsync(new MrcBuilder(4, 3, 2, mode).With(new byte[bytes - 1])));
    }

    [Fact]
    public async Task Bytes_are_unsigned_where_IMOD_or_their_maximum_says_so()
    {
        const int Stamp = 1146047817;
        (await InfoAsync(Bytes().Int(152, Stamp).Int(156, 0).With(new byte[1]))).Type.Should().Be(VoxelType.UInt8);
        (await InfoAsync(Bytes().Int(152, Stamp).Int(156, 1).With(new byte[1]))).Type.Should().Be(VoxelType.Int8);
        (await InfoAsync(Bytes().Float(76, 3).Float(80, 200).With(new byte[1]))).Type.Should().Be(VoxelType.UInt8);
        (await InfoAsync(Bytes().Float(76, -3).Float(80, 100).With(new byte[1]))).Type.Should().Be(VoxelType.Int8);

        static MrcBuilder Bytes() => new(1, 1, 1, 0);
    }

    [Fact]
    public async Task The_cell_in_angstrom_over_its_samples_is_the_voxel_size_and_zero_is_unknown()
    {
        var info = await InfoAsync(new MrcBuilder(4, 3, 2, 0).Cell(40, 60, 0).With(new byte[24]));
        info.VoxelSize.Should().Be(new VoxelSize(null, 2, 1));
        info.VoxelSizeOrigin.Should().Contain("CELLA");
        (await InfoAsync(new MrcBuilder(4, 3, 2, 0).Cell(-40, 0, 0).With(new byte[24]))).VoxelSize.Should().Be(VoxelSize.Unknown);
    }

    [Fact]
    public async Task Axes_follow_the_file_and_a_view_turns_them()
    {
        // Columns are z, rows x, sections y; the cell's edges and samples are in the order x, y, z all the same.
        var file = new MrcBuilder(4, 3, 2, 0).Int(64, 3).Int(68, 1).Int(72, 2).Int(28, 3).Int(32, 2).Int(36, 4).Cell(30, 40, 120)
            .With([.. Enumerable.Range(0, 24).Select(i => (byte)i)]);
        var reader = await OpenAsync(file);
        reader.Info.Axes.Should().Be("yxz");
        reader.Info.VoxelSize.Should().Be(new VoxelSize(3, 2, 1));
        var view = ZyxView.Of(reader);
        view.Info.Shape.Should().Be(new NdIndex(4, 2, 3));
        var one = new byte[1];
        await view.ReadAsync(new Box(new NdIndex(3, 1, 2), new NdIndex(1, 1, 1)), one, TestContext.Current.CancellationToken);
        one[0].Should().Be(23);
        await view.ReadAsync(new Box(new NdIndex(1, 0, 2), new NdIndex(1, 1, 1)), one, TestContext.Current.CancellationToken);
        one[0].Should().Be(9);
    }

    [Fact]
    public async Task A_stack_of_volumes_has_an_axis_more()
    {
        var info = await InfoAsync(new MrcBuilder(4, 3, 6, 0).Int(88, 401).Int(36, 2).With(new byte[72]));
        (info.Shape, info.Axes).Should().Be((new NdIndex(3, 2, 3, 4), "?zyx"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_without_the_stamp_is_told_by_its_numbers(bool bigEndian)
    {
        var builder = new MrcBuilder(4, 3, 2, 1, bigEndian, stamp: false).Int(64, 0).Int(68, 0).Int(72, 0);
        var file = builder.With(builder.Order(Enumerable.Range(0, 24).Select(i => (short)i).ToArray()));
        var reader = (await FormatRegistry.OpenAsync(Opening.InMemory("tilt.dat", file))).Single();
        (reader.Info.Format, reader.Info.Axes).Should().Be(("mrc", "zyx"));
        var voxels = new byte[48];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels, TestContext.Current.CancellationToken);
        BinaryPrimitives.ReadInt16LittleEndian(voxels.AsSpan(46)).Should().Be(23);
    }

    [Fact]
    public async Task Wrong_machine_stamps_are_seen_through()
    {
        var file = new MrcBuilder(4, 3, 2, 6).With(new byte[48]);
        (file[212], file[213]) = (0x11, 0x11);
        (await InfoAsync(file)).Metadata.Should().Contain(value => value.Key == "byte order" && value.Value == "little-endian");
    }

    [Fact]
    public async Task An_extended_header_of_Thermo_Fisher_gives_pixel_size_and_microscope()
    {
        var extended = new byte[768];
        "Titan"u8.CopyTo(extended.AsSpan(20));
        BinaryPrimitives.WriteDoubleLittleEndian(extended.AsSpan(156), 2e-9);
        BinaryPrimitives.WriteDoubleLittleEndian(extended.AsSpan(164), 3e-9);
        var info = await InfoAsync(new MrcBuilder(4, 3, 2, 0).Text(104, "FEI1").With(new byte[24], extended));
        info.VoxelSize.X.Should().BeApproximately(2, 1e-12);
        info.VoxelSize.Y.Should().BeApproximately(3, 1e-12);
        info.Metadata.Should().Contain(value => value.Key == "Microscope type" && value.Value == "Titan");
        info.Metadata.Should().Contain(value => value.Key == "EXTTYP" && value.Value == "FEI1");
        (await InfoAsync(new MrcBuilder(4, 3, 2, 0).Text(104, "SERI").With(new byte[24], extended))).VoxelSize.Should().Be(VoxelSize.Unknown);
    }

    [Fact]
    public async Task Any_byte_of_the_header_changed_gives_an_answer_or_an_error_of_ours()
    {
        var file = new MrcBuilder(4, 3, 2, 2).With(new byte[96]);
        var refused = 0;
        for (var i = 0; i < 1024; i++)
        {
            foreach (var value in (byte[])[0x7F, 0xFF])
            {
                var damaged = file.ToArray();
                damaged[i] = value;
                try
                {
                    (await InfoAsync(damaged)).DecodedBytes.Should().BeLessThanOrEqualTo(192);
                }
                catch (EmException e)
                {
                    e.Fault.Should().Be(Fault.Corrupt);
                    refused++;
                }
            }
        }

        refused.Should().BePositive();
    }

    [Fact]
    public async Task A_region_of_a_file_of_ten_gibibytes_costs_its_own_bytes()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "large.mrc");
        await using (var stream = File.Create(path))
        {
            stream.Write(new MrcBuilder(2048, 2048, 2560, 0).With([]));
            stream.SetLength(1024 + (2048L * 2048 * 2560));
            stream.Position = 1024 + (((2000L * 2048) + 1000) * 2048) + 700;
            stream.WriteByte(42);
        }

        await using var store = new CountingStore(new LocalStore(folder.Path));
        var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "large.mrc"))).Single();
        store.Bytes.Should().BeLessThan(16_384);
        store.Reset();
        var box = new Box(new NdIndex(1950, 950, 650), new NdIndex(128, 128, 128));
        var buffer = new byte[box.Volume];
        await reader.ReadAsync(box, buffer, TestContext.Current.CancellationToken);
        buffer[(((50 * 128) + 50) * 128) + 50].Should().Be(42);
        store.Bytes.Should().BeLessThanOrEqualTo(buffer.Length * 11L / 10);

        store.Reset();
        var slab = new Box(new NdIndex(1990, 0, 10), new NdIndex(2, 2048, 2030));
        await reader.ReadAsync(slab, new byte[slab.Volume], TestContext.Current.CancellationToken);
        store.Bytes.Should().BeLessThanOrEqualTo(slab.Volume * 11 / 10);
        store.Reads.Should().BeLessThan(20, "rows with small gaps between them are read together");
    }

    private static async Task<VolumeInfo> InfoAsync(byte[] file) => (await OpenAsync(file)).Info;

    private static async Task<IVolumeReader> OpenAsync(byte[] file) => (await new MrcFormat().OpenAsync(Opening.InMemory("a.mrc", file))).Single();
}
