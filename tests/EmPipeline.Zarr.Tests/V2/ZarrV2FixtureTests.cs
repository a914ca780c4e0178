using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.V2;

/// <summary>What zarr-python and numcodecs wrote (tests/data/zarr2/make.py) reads back as they state it.</summary>
public sealed class ZarrV2FixtureTests
{
    private static readonly MemoryStore Store = MemoryStore.Of("zarr2/arrays.zarr");

    public static IEnumerable<TheoryDataRow<string, string>> Arrays() => File.ReadLines(SharedData.Fixture("zarr2/expected.tsv"))
        .Select(line => line.Split('\t'))
        .Select(cells => new TheoryDataRow<string, string>(cells[0], cells[1]) { TestDisplayName = cells[0] });

    [Theory]
    [MemberData(nameof(Arrays))]
    public async Task An_array_has_the_voxels_it_was_given(string name, string voxels)
    {
        await using var reader = await Store.OneAsync(name);
        (await reader.ReadAllAsync()).Should().Equal(File.ReadAllBytes(SharedData.Fixture("zarr2/voxels/" + voxels)));
        reader.Info.Format.Should().Be("zarr2");
        reader.Info.Axes.Should().StartWith("zyx");
        reader.Info.Name.Should().BeEmpty();
    }

    [Fact]
    public async Task A_group_opens_every_array_that_holds_numbers()
    {
        var infos = await Store.InfosAsync();
        infos.Select(info => info.Name).Should().OnlyHaveUniqueItems().And.Contain(["blosc-zstd-2-C", "scalar"]).And.NotContain("texts");
        infos.Should().HaveCount(Arrays().Count() + "null int nan infinity bool complex".Split(' ').Length + 2);
    }

    [Theory]
    [InlineData("fill-null", VoxelType.UInt16, 0.0)]
    [InlineData("fill-int", VoxelType.Int16, -7.0)]
    [InlineData("fill-nan", VoxelType.Float32, double.NaN)]
    [InlineData("fill-infinity", VoxelType.Float64, double.NegativeInfinity)]
    [InlineData("fill-bool", VoxelType.Boolean, 1.0)]
    public async Task An_absent_chunk_is_the_fill_value(string name, VoxelType type, double fill)
    {
        await using var reader = await Store.OneAsync(name);
        reader.Info.Type.Should().Be(type);
        var voxel = new byte[type.Size()];
        foreach (var (y, x, expected) in new[] { (0, 0, 1.0), (1, 2, 1.0), (0, 3, fill), (3, 5, fill) })
        {
            await reader.ReadAsync(new Box(new NdIndex(y, x), new NdIndex(1, 1)), voxel);
            AsNumber(voxel, type).Should().Be(expected);
        }
    }

    [Fact]
    public async Task A_fill_value_that_is_no_number_has_the_bits_that_numpy_gives_it()
    {
        await using var reader = await Store.OneAsync("fill-nan");
        var voxel = new byte[sizeof(float)];
        await reader.ReadAsync(new Box(new NdIndex(3, 5), new NdIndex(1, 1)), voxel);
        // The sign bit is what .NET's own NaN has and NumPy's has not.
        BitConverter.ToUInt32(voxel).Should().Be(0x7FC00000);
    }

    [Fact]
    public async Task A_complex_fill_value_has_both_its_parts()
    {
        await using var reader = await Store.OneAsync("fill-complex");
        reader.Info.Axes.Should().Be("yxi");
        reader.Info.Shape.Should().Be(new NdIndex(4, 6, 2));
        var voxels = new byte[2 * sizeof(float)];
        await reader.ReadAsync(new Box(new NdIndex(3, 5, 0), new NdIndex(1, 1, 2)), voxels);
        (BitConverter.ToSingle(voxels), BitConverter.ToSingle(voxels, sizeof(float))).Should().Be((1f, -2f));
    }

    [Fact]
    public async Task A_scalar_is_an_array_without_axes()
    {
        await using var reader = await Store.OneAsync("scalar");
        reader.Info.Shape.Rank.Should().Be(0);
        (await reader.ReadAllAsync()).Should().Equal(42, 0, 0, 0);
    }

    [Fact]
    public async Task Axes_beyond_three_have_no_names() => (await Store.InfosAsync("five-axes")).Single().Axes.Should().Be("??zyx");

    [Fact]
    public async Task Texts_are_refused_as_unsupported()
    {
        var error = await Store.ErrorAsync("texts");
        error.Fault.Should().Be(Fault.Unsupported);
        error.Message.Should().Contain("texts/.zarray").And.Contain("'<U3'");
    }

    private static double AsNumber(byte[] voxel, VoxelType type) => type switch
    {
        VoxelType.Boolean => voxel[0],
        VoxelType.Int16 => BitConverter.ToInt16(voxel),
        VoxelType.UInt16 => BitConverter.ToUInt16(voxel),
        VoxelType.Float32 => BitConverter.ToSingle(voxel),
        _ => BitConverter.ToDouble(voxel),
    };
}
