using System.Net;
using EmPipeline.Explorer.Planes;
using EmPipeline.Explorer.Tests.Support;
using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Tests.Planes;

/// <summary>Tiles show the voxels that are stored, pixel for pixel.</summary>
public sealed class TileTests(ServedData data)
{
    [Theory]
    [InlineData("z", 7, 0, 0)]
    [InlineData("z", 19, 0, 1)]
    [InlineData("y", 299, 0, 1)]
    [InlineData("x", 0, 0, 0)]
    [InlineData("x", 699, 0, 0)]
    public async Task Every_pixel_is_its_voxel(string axis, long index, int row, int column)
    {
        var tile = new TileAddress(TileAddress.AxisOf(axis)!.Value, index, row, column);
        var box = tile.In(TestData.Cells)!.Value;
        using var pixels = await Pixels.GetAsync(data.Client, $"tile/cells/image/0/{axis}/{index}/{row}_{column}?low=0&high=255&format=png");
        (pixels.Width, pixels.Height).Should().Be(((int)box.Shape[tile.ColumnAxis], (int)box.Shape[tile.RowAxis]));
        for (var y = 0; y < pixels.Height; y++)
        {
            for (var x = 0; x < pixels.Width; x++)
            {
                var at = box.Origin;
                at[tile.RowAxis] += y;
                at[tile.ColumnAxis] += x;
                var expected = TestData.CellVoxels[(((at[0] * TestData.Cells[1]) + at[1]) * TestData.Cells[2]) + at[2]];
                if (pixels[x, y].Red != expected)
                    Assert.Fail($"{at}: got {pixels[x, y].Red}, expected {expected}");
            }
        }
    }

    [Fact]
    public async Task Grey_values_between_low_and_high_are_spread_and_may_be_exchanged()
    {
        using var spread = await Pixels.GetAsync(data.Client, "tile/cells/image/0/z/0/0_0?low=50&high=150&format=png");
        using var exchanged = await Pixels.GetAsync(data.Client, "tile/cells/image/0/z/0/0_0?low=150&high=50&format=png");
        for (var x = 0; x < spread.Width; x++)
        {
            var value = TestData.CellVoxels[x];
            spread[x, 0].Red.Should().BeCloseTo((byte)Math.Clamp((value - 50) * 2.55, 0, 255), 1);
            exchanged[x, 0].Red.Should().BeCloseTo((byte)(255 - spread[x, 0].Red), 1);
        }
    }

    [Fact]
    public async Task What_is_not_a_number_is_black_and_infinities_are_the_ends()
    {
        using var pixels = await Pixels.GetAsync(data.Client, "tile/floats/image/0/z/4/0_0?low=-0.5&high=0.5&format=png");
        (pixels[0, 0].Red, pixels[1, 0].Red, pixels[2, 0].Red).Should().Be((0, 255, 0));
        pixels[25, 0].Red.Should().BeCloseTo(128, 1);
    }

    [Fact]
    public async Task An_object_has_one_colour_everywhere_and_background_none()
    {
        using var pixels = await Pixels.GetAsync(data.Client, "tile/cells/groundtruth/objects/0/z/3/0_0");
        pixels[10, 5].Alpha.Should().Be(0, "background");
        pixels[60, 5].Alpha.Should().Be(128, "nobody looked there");
        var (large, other) = (LabelPixels.Colour(TestData.LargeId), LabelPixels.Colour(3));
        Packed(pixels[110, 5]).Should().Be(large);
        Packed(pixels[149, 140]).Should().Be(large);
        Packed(pixels[170, 5]).Should().NotBe(large);
        large.Should().NotBe(other);

        static uint Packed(SkiaSharp.SKColor colour) => (uint)(colour.Red | (colour.Green << 8) | (colour.Blue << 16) | (colour.Alpha << 24));
    }

    [Theory]
    [InlineData("tile/cells/image/0/z/20/0_0", HttpStatusCode.NotFound)]
    [InlineData("tile/cells/image/0/z/-1/0_0", HttpStatusCode.NotFound)]
    [InlineData("tile/cells/image/0/z/0/1_0", HttpStatusCode.NotFound)]
    [InlineData("tile/cells/image/0/z/0/0_-1", HttpStatusCode.NotFound)]
    [InlineData("tile/cells/image/0/z/0/2147483647_2147483647", HttpStatusCode.NotFound)]
    [InlineData("tile/cells/image/0/z/9223372036854775807/0_0", HttpStatusCode.NotFound)]
    [InlineData("tile/cells/image/7/z/0/0_0", HttpStatusCode.NotFound)]
    [InlineData("tile/none/image/0/z/0/0_0", HttpStatusCode.NotFound)]
    [InlineData("tile/cells/groundtruth/none/0/z/0/0_0", HttpStatusCode.NotFound)]
    [InlineData("tile/cells/image/0/q/0/0_0", HttpStatusCode.BadRequest)]
    [InlineData("tile/cells/image/0/z/0/0_0?low=abc&high=3", HttpStatusCode.BadRequest)]
    [InlineData("tile/cells/image/0/z/0/0_0?low=NaN&high=3", HttpStatusCode.BadRequest)]
    public async Task What_is_not_there_is_refused_with_a_reason(string address, HttpStatusCode status)
    {
        using var response = await data.Client.GetAsync(address);
        response.StatusCode.Should().Be(status);
        (await response.Content.ReadAsStringAsync()).Should().Contain("error");
    }

    [Fact]
    public async Task A_damaged_shard_is_named_and_other_tiles_are_shown()
    {
        using var folder = new TemporaryFolder();
        await TestData.MakeAsync(folder.Path);
        var shard = folder["zarr/cells.zarr/s0/c/0/0/0"];
        var bytes = await File.ReadAllBytesAsync(shard);
        bytes[1000] ^= 0xFF;
        await File.WriteAllBytesAsync(shard, bytes);
        File.Delete(folder["zarr/cells.zarr/s0/c/0/0/1"]);
        await using var server = await ServedData.StartAsync(folder.Path);
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        using (var damaged = await client.GetAsync("tile/cells/image/0/z/0/0_0"))
        {
            damaged.StatusCode.Should().Be(HttpStatusCode.BadGateway);
            (await damaged.Content.ReadAsStringAsync()).Should().Contain("c/0/0/0");
        }

        (await client.GetAsync("tile/cells/image/0/z/0/0_1")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await client.GetAsync("tile/cells/image/1/z/0/0_0")).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    /// <summary>Every voxel type, against the plain formula.</summary>
    [Fact]
    public void Grey_pixels_are_what_the_formula_says()
    {
        foreach (var type in Enum.GetValues<VoxelType>())
        {
            var voxels = new byte[64 * type.Size()];
            new Random((int)type).NextBytes(voxels);
            var (pixels, low, high) = (new byte[64], type == VoxelType.Float64 ? -1e100 : -100.0, type == VoxelType.Float64 ? 1e100 : 30000.0);
            GreyPixels.Fill(type, voxels, pixels, low, high);
            for (var i = 0; i < pixels.Length; i++)
            {
                var value = Value(type, voxels.AsSpan(i * type.Size()));
                var share = (value - low) / (high - low);
                var expected = double.IsNaN(value) ? 0 : (byte)Math.Floor(Math.Clamp(share * 255, 0, 255) + (share < 1 ? 0.5 : 0));
                ((int)pixels[i]).Should().BeCloseTo(expected, 1, "{0} {1}", type, value);
            }
        }
    }

    private static double Value(VoxelType type, ReadOnlySpan<byte> voxel) => type switch
    {
        VoxelType.Boolean or VoxelType.UInt8 => voxel[0],
        VoxelType.Int8 => (sbyte)voxel[0],
        VoxelType.Int16 => BitConverter.ToInt16(voxel),
        VoxelType.UInt16 => BitConverter.ToUInt16(voxel),
        VoxelType.Int32 => BitConverter.ToInt32(voxel),
        VoxelType.UInt32 => BitConverter.ToUInt32(voxel),
        VoxelType.Int64 => BitConverter.ToInt64(voxel),
        VoxelType.UInt64 => BitConverter.ToUInt64(voxel),
        VoxelType.Float16 => (double)BitConverter.ToHalf(voxel),
        VoxelType.Float32 => BitConverter.ToSingle(voxel),
        _ => BitConverter.ToDouble(voxel),
    };
}
