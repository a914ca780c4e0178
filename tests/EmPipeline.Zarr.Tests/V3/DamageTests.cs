using System.Text;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr.Tests.V3;

/// <summary>Damaged shards and metadata: an error that names the place, never wrong voxels.</summary>
public sealed class DamageTests
{
    [Theory]
    [InlineData("zstd")]
    [InlineData("raw")]
    public async Task A_flipped_bit_anywhere_in_a_shard_is_found(string codec)
    {
        using var folder = new TemporaryFolder();
        var path = await WriteAsync(folder, new ShardCodec(codec));
        var shard = File.ReadAllBytes(path);
        for (var at = 0; at < shard.Length; at++)
        {
            var damaged = (byte[])shard.Clone();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(path, damaged);
            var error = await Assert.ThrowsAsync<EmException>(() => ReadAsync(folder));
            error.Fault.Should().Be(Fault.Corrupt, "byte {0} was changed", at);
            error.Message.Should().Contain(path).And.Contain("byte");
        }
    }

    [Fact]
    public async Task A_shard_cut_anywhere_or_too_long_is_found()
    {
        using var folder = new TemporaryFolder();
        var path = await WriteAsync(folder, ShardCodec.Zstd());
        var shard = File.ReadAllBytes(path);
        for (var length = 0; length < shard.Length; length++)
        {
            File.WriteAllBytes(path, shard[..length]);
            (await Assert.ThrowsAsync<EmException>(() => ReadAsync(folder))).Fault.Should().Be(Fault.Corrupt, "the shard was cut at {0}", length);
        }

        File.WriteAllBytes(path, [.. shard, 0]);
        (await Assert.ThrowsAsync<EmException>(() => ReadAsync(folder))).Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task The_error_names_file_chunk_and_offset()
    {
        using var folder = new TemporaryFolder();
        var path = await WriteAsync(folder, ShardCodec.Raw);
        var shard = File.ReadAllBytes(path);
        // The second inner chunk: 64 bytes and their checksum come before it.
        shard[70] ^= 1;
        File.WriteAllBytes(path, shard);
        var error = await Assert.ThrowsAsync<EmException>(() => ReadAsync(folder));
        error.Message.Should().StartWith(path).And.Contain("inner chunk 0×0×1 at byte 68").And.Contain("checksum");
    }

    [Fact]
    public async Task A_shard_that_vanishes_after_its_index_was_read_is_an_error_and_an_absent_one_is_fill()
    {
        using var folder = new TemporaryFolder();
        var path = await WriteAsync(folder, ShardCodec.Raw);
        File.Delete(path);
        (await ReadAsync(folder)).Should().OnlyContain(voxel => voxel == 0);
    }

    [Theory]
    [InlineData("\"zarr_format\": 3", "\"zarr_format\": 4", Fault.Corrupt)]
    [InlineData("\"name\": \"sharding_indexed\"", "\"name\": \"pcodec\"", Fault.Unsupported)]
    [InlineData("\"name\": \"zstd\"", "\"name\": \"pcodec\"", Fault.Unsupported)]
    [InlineData("\"name\": \"regular\"", "\"name\": \"rectilinear\"", Fault.Unsupported)]
    [InlineData("\"data_type\": \"uint8\"", "\"data_type\": \"string\"", Fault.Unsupported)]
    [InlineData("\"fill_value\": 0", "\"fill_value\": 256", Fault.Corrupt)]
    [InlineData("\"fill_value\": 0", "\"fill_value\": \"NaN\"", Fault.Corrupt)]
    [InlineData("\"index_location\": \"end\"", "\"index_location\": \"middle\"", Fault.Corrupt)]
    [InlineData("\"node_type\": \"array\"", "\"node_type\": \"array", Fault.Corrupt)]
    public async Task Metadata_that_is_wrong_or_unknown_is_refused(string from, string to, Fault fault)
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, ShardCodec.Zstd());
        var path = folder["v.zarr/s0/zarr.json"];
        var text = File.ReadAllText(path);
        text.Should().Contain(from);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<EmException>(() => ReadAsync(folder));
        error.Fault.Should().Be(fault);
        // An array of an unknown codec can be opened and described; reading it names the chunk.
        error.Message.Should().Contain(Path.Combine("v.zarr", "s0"));
    }

    [Theory]
    [InlineData("[4611686018427387904, 4611686018427387904]", "[1, 1]", "[1, 1]")]
    [InlineData("[10, 10]", "[4611686018427387904, 4]", "[1, 1]")]
    [InlineData("[1000000, 1000000]", "[1000000, 1000000]", "[1, 1]")]
    [InlineData("[10, 10]", "[4, 4]", "[3, 4]")]
    [InlineData("[10, 10]", "[4, 4]", "[0, 4]")]
    [InlineData("[10, 10]", "[4]", "[4]")]
    [InlineData("[-1, 10]", "[4, 4]", "[4, 4]")]
    public async Task Sizes_that_no_file_holds_take_no_memory(string shape, string shard, string chunk)
    {
        using var folder = new TemporaryFolder();
        var codecs = $$$"""[{"name": "sharding_indexed", "configuration": {"chunk_shape": {{{chunk}}}, "codecs": [{"name": "bytes"}], "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]}}]""";
        File.WriteAllText(folder["zarr.json"], $$$"""
            {"zarr_format": 3, "node_type": "array", "shape": {{{shape}}}, "data_type": "uint8", "fill_value": 0, "chunk_key_encoding": {"name": "default"},
             "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": {{{shard}}}}}, "codecs": {{{codecs}}}}
            """);
        var before = GC.GetTotalAllocatedBytes();
        await using var store = new LocalStore(folder.Path);
        try
        {
            await ZarrVolumes.OpenAsync(new VolumePath(store, ""));
        }
        catch (EmException e)
        {
            e.Fault.Should().BeOneOf(Fault.Corrupt, Fault.Unsupported);
        }

        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(16 << 20);
    }

    [Fact]
    public async Task Shards_nested_without_end_are_refused()
    {
        using var folder = new TemporaryFolder();
        var codecs = new StringBuilder("[{\"name\": \"bytes\"}]");
        for (var i = 0; i < 20; i++)
        {
            codecs.Insert(0, "[{\"name\": \"sharding_indexed\", \"configuration\": {\"chunk_shape\": [1], \"index_codecs\": [{\"name\": \"bytes\"}], \"codecs\": ");
            codecs.Append("}}]");
        }

        File.WriteAllText(folder["zarr.json"], $$$"""
            {"zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "uint8", "fill_value": 0, "chunk_key_encoding": {"name": "default"},
             "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [1]}}, "codecs": {{{codecs}}}}
            """);
        await using var store = new LocalStore(folder.Path);
        (await Assert.ThrowsAsync<EmException>(async () => await ZarrVolumes.OpenAsync(new VolumePath(store, "")))).Fault.Should().Be(Fault.Unsupported);
    }

    private static async Task<string> WriteAsync(TemporaryFolder folder, ShardCodec codec)
    {
        var source = MemoryVolume.Make(NdIndex.Filled(3, 8), VoxelType.UInt8);
        await ZarrRechunkTests.RunAsync(
            source, folder, ZarrRechunkTests.Options() with { Codec = codec, Shard = NdIndex.Filled(3, 8), Chunk = NdIndex.Filled(3, 4) });
        return folder["v.zarr/s0/c/0/0/0"];
    }

    private static async Task<byte[]> ReadAsync(TemporaryFolder folder)
    {
        await using var store = new LocalStore(folder["v.zarr"]);
        var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        await using var _ = reader;
        var voxels = new byte[reader.Info.DecodedBytes];
        await reader.ReadAsync(Box.Whole(reader.Info.Shape), voxels);
        return voxels;
    }
}
