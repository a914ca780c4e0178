using System.Diagnostics;
using EmPipeline.Formats.Tiff;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.Tiff;

/// <summary>Files of more than 10 GiB, sparse so that they take no room: offsets beyond 32 bits, and reads that touch what they need.</summary>
public sealed class TiffLargeFileTests : IDisposable
{
    private const int Width = 2048;
    private const int Height = 1536;
    private const long PlaneBytes = (long)Width * Height;

    private readonly string _folder = Directory.CreateTempSubdirectory("empipeline-tiff-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_BigTIFF_of_ten_gibibytes_is_read_by_region(bool tiled)
    {
        const int Pages = 3500;
        var path = WriteBigTiff(Pages, tiled);
        new FileInfo(path).Length.Should().BeGreaterThan(10L << 30);
        await ShouldReadLittleAsync(path, Pages);
    }

    [Fact]
    public async Task An_ImageJ_stack_above_4_GiB_has_one_directory_and_is_read_by_region()
    {
        const int Pages = 3500;
        var path = Path.Combine(_folder, "imagej.tif");
        var builder = new TiffBuilder(bigEndian: true)
            .Gray(Width, Height, 8, 4096, PlaneBytes).Text(270, $"ImageJ=1.54f\nimages={Pages}\nslices={Pages}\nunit=nm\nspacing=8.0\n");
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, [.. builder.Header(8), .. builder.Directory(8)], 0);
            RandomAccess.SetLength(file, 4096 + (Pages * PlaneBytes));
            for (var page = 0; page < Pages; page += 100)
                RandomAccess.Write(file, Marked(page), 4096 + (page * PlaneBytes) + MarkAt);
        }

        await ShouldReadLittleAsync(path, Pages);
    }

    [Fact]
    public async Task Opening_a_thousand_pages_reads_little_and_a_plane_of_small_strips_is_one_read()
    {
        const int Pages = 1065;
        const int RowsPerStrip = 4;
        var path = Path.Combine(_folder, "strips.tif");
        var strips = Height / RowsPerStrip;
        var stride = PlaneBytes + 8192;
        using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, new TiffBuilder().Header(8 + PlaneBytes), 0);
            for (var page = 0; page < Pages; page++)
            {
                var (pixels, at) = (8 + (page * stride), 8 + (page * stride) + PlaneBytes);
                var builder = new TiffBuilder()
                    .Tag(254, TiffBuilder.Long, 2).Tag(256, TiffBuilder.Long, Width).Tag(257, TiffBuilder.Long, Height).Tag(258, TiffBuilder.Short, 8)
                    .Tag(273, TiffBuilder.Long, [.. Enumerable.Range(0, strips).Select(strip => pixels + ((long)strip * RowsPerStrip * Width))])
                    .Tag(277, TiffBuilder.Short, 1).Tag(278, TiffBuilder.Long, RowsPerStrip)
                    .Tag(279, TiffBuilder.Long, [.. Enumerable.Repeat((long)RowsPerStrip * Width, strips)]);
                RandomAccess.Write(file, builder.Directory(at, page == Pages - 1 ? 0 : at + stride), at);
            }
        }

        await using var store = new CountingStore(new LocalStore(_folder));
        var clock = Stopwatch.StartNew();
        var reader = (await new TiffFormat().OpenAsync(new VolumePath(store, "strips.tif"))).Should().ContainSingle().Subject;
        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5));
        store.Bytes.Should().BeLessThan(2L << 20);
        reader.Info.Shape.Should().Be(new NdIndex(Pages, Height, Width));

        var plane = new byte[PlaneBytes];
        var box = new Box(new NdIndex(Pages - 1, 0, 0), new NdIndex(1, Height, Width));
        await reader.ReadAsync(box, plane);
        store.Reset();
        await reader.ReadAsync(box, plane);
        (store.Reads, store.Bytes).Should().Be((1, PlaneBytes));
    }

    private const int MarkAt = (700 * Width) + 1000;

    /// <summary>Four bytes that tell which page they are on.</summary>
    private static byte[] Marked(int page) => [0xAB, (byte)(page >> 8), (byte)page, 0xCD];

    private string WriteBigTiff(int pages, bool tiled)
    {
        const int Tile = 512;
        var path = Path.Combine(_folder, "big.tif");
        var stride = PlaneBytes + 1024;
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, new TiffBuilder(big: true).Header(16 + PlaneBytes), 0);
        for (var page = 0; page < pages; page++)
        {
            var (pixels, at) = (16 + (page * stride), 16 + (page * stride) + PlaneBytes);
            var builder = new TiffBuilder(big: true);
            if (tiled)
            {
                const int Tiles = (Width / Tile) * (Height / Tile);
                builder.Tag(256, TiffBuilder.Long, Width).Tag(257, TiffBuilder.Long, Height).Tag(258, TiffBuilder.Short, 8)
                    .Tag(322, TiffBuilder.Long, Tile).Tag(323, TiffBuilder.Long, Tile)
                    .Tag(324, TiffBuilder.Long8, [.. Enumerable.Range(0, Tiles).Select(tile => pixels + ((long)tile * Tile * Tile))])
                    .Tag(325, TiffBuilder.Long8, [.. Enumerable.Repeat((long)Tile * Tile, Tiles)]);
            }
            else
            {
                builder.Gray(Width, Height, 8, pixels, PlaneBytes);
            }

            RandomAccess.Write(file, builder.Directory(at, page == pages - 1 ? 0 : at + stride), at);
            if (page % 100 != 0)
                continue;
            // Row 700, column 1000 of a tiled page: tile 1 of row 1, of 4 across.
            var mark = tiled ? ((((700 / Tile * (Width / Tile)) + (1000 / Tile)) * Tile * Tile) + (700 % Tile * Tile) + (1000 % Tile)) : MarkAt;
            RandomAccess.Write(file, Marked(page), pixels + mark);
        }

        return path;
    }

    private static async Task ShouldReadLittleAsync(string path, int pages)
    {
        await using var store = new CountingStore(new LocalStore(Path.GetDirectoryName(path)!));
        var reader = (await new TiffFormat().OpenAsync(new VolumePath(store, Path.GetFileName(path)))).Should().ContainSingle().Subject;
        reader.Info.Shape.Should().Be(new NdIndex(pages, Height, Width));
        reader.Info.Axes.Should().Be("zyx");

        // Over 3,400 planes of 3 MiB: beyond 10 GiB. The pages' tables are read with the first box and known with the second.
        var page = (pages - 1) / 100 * 100;
        foreach (var (size, first) in new[] { (new NdIndex(96, 128, 128), true), (new NdIndex(96, 128, 128), false), (new NdIndex(2, 900, Width), false), (new NdIndex(1, 1, 4), false) })
        {
            var box = new Box(new NdIndex(page, 700, size[2] == Width ? 0 : 1000), NdIndex.Min(size, new NdIndex(pages - page, Height - 700, Width)));
            var voxels = new byte[box.Volume];
            store.Reset();
            await reader.ReadAsync(box, voxels);
            var mark = size[2] == Width ? 1000 : 0;
            voxels.AsSpan(mark, 4).ToArray().Should().Equal(Marked(page));
            if (!first)
                store.Bytes.Should().BeLessThanOrEqualTo((long)(1.1 * voxels.Length), "{0} was asked for", box);
        }
    }
}
