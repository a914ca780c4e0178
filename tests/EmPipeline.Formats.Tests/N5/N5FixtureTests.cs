using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tests.N5;

/// <summary>What zarr-python's N5 store wrote, and blocks made by the specification (tests/data/n5/make.py), read back as given.</summary>
public sealed class N5FixtureTests
{
    private static readonly MemoryStore ZarrPython = MemoryStore.Of("n5/zarr-python.n5");
    private static readonly MemoryStore Handmade = MemoryStore.Of("n5/handmade.n5");

    [Fact]
    public async Task Every_dataset_of_zarr_python_has_the_voxels_it_was_given()
    {
        var readers = await FormatRegistry.OpenAsync(new VolumePath(ZarrPython, ""));
        readers.Select(reader => reader.Info.Name).Should().BeEquivalentTo(
            ["raw", "gzip", "zlib", "bzip2", "xz", "blosc", "blosc-zstd-bit", "lz4", "zstd", .. "uint8 int8 int16 uint32 int32 uint64 int64 float32 float64".Split(' ').Select(type => "type-" + type)]);
        foreach (var reader in readers)
            (await reader.ReadAllAsync()).Should().Equal(Voxels(reader.Info.Type), reader.Info.Name);
    }

    [Theory]
    [InlineData("raw")]
    [InlineData("gzip")]
    [InlineData("zlib")]
    [InlineData("lz4-java")]
    [InlineData("lz4-bare")]
    [InlineData("lz4-frame")]
    [InlineData("lz4-frame-linked")]
    [InlineData("old")]
    public async Task A_dataset_with_clipped_blocks_has_the_voxels_it_was_given(string name)
    {
        await using var reader = await Handmade.OneAsync(name);
        (await reader.ReadAllAsync()).Should().Equal(Voxels(reader.Info.Type));
        reader.Info.Shape.Should().Be(new NdIndex(5, 6, 7));
        reader.Info.Grain.Should().Be(new NdIndex(5, 4, 4));
        reader.Info.Axes.Should().Be("zyx");
    }

    [Fact]
    public async Task An_absent_block_is_zeros()
    {
        await using var reader = await Handmade.OneAsync("absent");
        var voxels = await reader.ReadAllAsync();
        var (there, absent) = (new byte[2], new byte[2]);
        var expected = Voxels(VoxelType.UInt16);
        await reader.ReadAsync(new Box(new NdIndex(1, 3, 3), new NdIndex(1, 1, 1)), there);
        await reader.ReadAsync(new Box(new NdIndex(1, 3, 4), new NdIndex(1, 1, 1)), absent);
        there.Should().Equal(expected.AsSpan(2 * ((1 * 42) + (3 * 7) + 3), 2).ToArray());
        absent.Should().Equal(0, 0);
        voxels.Should().HaveCount(expected.Length);
    }

    [Theory]
    [InlineData("bad/cut", Fault.Corrupt, "15 bytes of voxels, expected 16")]
    [InlineData("bad/variable", Fault.Unsupported, "variable length")]
    [InlineData("bad/too-large", Fault.Corrupt, "extent 4000000")]
    [InlineData("bad/jpeg", Fault.Unsupported, "compression 'jpeg'")]
    public async Task A_block_that_cannot_be_read_is_named(string name, Fault fault, string message)
    {
        var error = await Handmade.ErrorAsync(name);
        error.Fault.Should().Be(fault);
        error.Message.Should().StartWith($"{name}/0/0: ").And.Contain(message);
    }

    [Fact]
    public async Task Every_block_cut_short_is_corrupt()
    {
        var store = MemoryStore.Of("n5/zarr-python.n5");
        var infos = await store.InfosAsync();
        infos.Should().NotBeEmpty();
        foreach (var info in infos)
        {
            var key = info.Name + "/0/0/0";
            var whole = store[key];
            foreach (var length in new[] { 0, 3, 12, whole.Length / 2, whole.Length - 1 })
            {
                store[key] = whole[..length];
                (await store.ErrorAsync(info.Name)).Fault.Should().Be(Fault.Corrupt, "{0} has {1} of {2} bytes", info.Name, length, whole.Length);
            }
        }
    }

    [Theory]
    [InlineData("""{"dimensions": [4, 4], "blockSize": [4], "dataType": "uint8", "compression": {"type": "raw"}}""", Fault.Corrupt, "blockSize: got [4]")]
    [InlineData("""{"dimensions": [4, 4], "blockSize": [4, 0], "dataType": "uint8", "compression": {"type": "raw"}}""", Fault.Corrupt, "blockSize[1]: got 0")]
    [InlineData("""{"dimensions": [4, 4], "blockSize": [4, 4], "dataType": "string", "compression": {"type": "raw"}}""", Fault.Unsupported, "'string'")]
    [InlineData("""{"dimensions": [4, 4], "blockSize": [4, 4], "dataType": "uint8"}""", Fault.Corrupt, "got no member 'compression'")]
    [InlineData("""{"dimensions": [4, 4], "blockSize": [400000, 400000], "dataType": "uint8", "compression": {"type": "raw"}}""", Fault.Unsupported, "blockSize")]
    [InlineData("""{"dimensions": [8, 8], "blockSize": [2, 2], "shardSize": [4, 4], "dataType": "uint8", "codecs": []}""", Fault.Unsupported, "sharded")]
    [InlineData("""{"dimensions": [4, 4""", Fault.Corrupt, "no valid JSON")]
    public async Task Wrong_attributes_are_named_with_their_place(string attributes, Fault fault, string message)
    {
        var error = await new MemoryStore().With("data/attributes.json", attributes).ErrorAsync("data", "n5");
        error.Fault.Should().Be(fault);
        error.Message.Should().StartWith("data/attributes.json: ").And.Contain(message);
    }

    private static byte[] Voxels(VoxelType type) => File.ReadAllBytes(SharedData.Fixture($"n5/voxels/{type.Name()}.raw"));
}
