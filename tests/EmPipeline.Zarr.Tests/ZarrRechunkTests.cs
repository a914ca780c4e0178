using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr.Tests;

public sealed class ZarrRechunkTests
{
    private static readonly NdIndex Shard = NdIndex.Filled(3, 32);
    private static readonly NdIndex Chunk = NdIndex.Filled(3, 8);

    public static TheoryData<VoxelType> Types() => [.. Enum.GetValues<VoxelType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Every_level_of_every_type_reads_back_as_a_plain_loop_makes_it(VoxelType type)
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(new NdIndex(50, 70, 41), type);
        var result = await RunAsync(source, folder, Options());

        result.Levels.Should().HaveCount(3);
        await ShouldHoldAsync(folder["v.zarr"], source, Box.Whole(source.Info.Shape), DownsampleMethods.DefaultFor(type));
        result.SourceBytesRead.Should().Be(source.Voxels.Length);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 33, 200)]
    [InlineData(16, 100, 90)]
    [InlineData(129, 3, 64)]
    public async Task Thin_and_tiny_volumes_are_normal(int z, int y, int x)
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(new NdIndex(z, y, x), VoxelType.UInt8);
        await RunAsync(source, folder, Options() with { Codec = ShardCodec.Raw });
        await ShouldHoldAsync(folder["v.zarr"], source, Box.Whole(source.Info.Shape), DownsampleMethod.Mean);
    }

    [Theory]
    [InlineData(1, 7, 41)]
    [InlineData(1, 70, 41)]
    [InlineData(16, 16, 16)]
    [InlineData(24, 24, 24)]
    [InlineData(50, 5, 7)]
    public async Task Source_voxels_are_read_once_whatever_the_grain(int z, int y, int x)
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(new NdIndex(50, 70, 41), VoxelType.UInt16, new NdIndex(z, y, x));
        var result = await RunAsync(source, folder, Options() with { MemoryBytes = 8 << 20 });
        source.BytesRead.Should().Be(source.Voxels.Length);
        result.SourceBytesRead.Should().Be(source.Voxels.Length);
        await ShouldHoldAsync(folder["v.zarr"], source, Box.Whole(source.Info.Shape), DownsampleMethod.Mean);
    }

    [Theory]
    [InlineData(512, 512, "got 512×512×512 of uint64, expected at most 256 MiB")]
    [InlineData(8192, 16, "expected at most 16777216 of them in a shard")]
    public async Task Chunks_that_no_memory_or_index_holds_are_refused(int shard, int chunk, string says)
    {
        using var folder = new TemporaryFolder();
        var options = Options() with { Shard = NdIndex.Filled(3, shard), Block = NdIndex.Filled(3, shard), Chunk = NdIndex.Filled(3, chunk) };
        var run = async () => await RunAsync(MemoryVolume.Make(new NdIndex(8, 8, 8), VoxelType.UInt64), folder, options);
        (await run.Should().ThrowAsync<EmException>()).WithMessage($"*{says}*").Which.Fault.Should().Be(Fault.Configuration);
    }

    [Fact]
    public async Task A_crop_off_the_source_grid_reads_each_block_once_and_holds_the_right_voxels()
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(new NdIndex(150, 150, 150), VoxelType.UInt8);
        var region = new Box(new NdIndex(7, 13, 21), new NdIndex(100, 90, 111));
        await RunAsync(source, folder, Options() with { MemoryBytes = 3 << 20 }, region);
        await ShouldHoldAsync(folder["v.zarr"], source, region, DownsampleMethod.Mean);
        source.BytesRead.Should().Be(region.Volume);
    }

    [Fact]
    public async Task Empty_shards_have_no_file_and_empty_chunks_no_bytes()
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(new NdIndex(64, 64, 64), VoxelType.UInt8)
            .Cleared(new Box(new NdIndex(0, 0, 0), Shard))
            .Cleared(new Box(new NdIndex(32, 0, 0), Chunk));
        var result = await RunAsync(source, folder, Options() with { Codec = ShardCodec.Raw });

        result.EmptyShards.Should().Be(1);
        var empty = result.Shards.Single(shard => shard.State == ShardState.Empty);
        empty.Position.Should().Be(new NdIndex(0, 0, 0));
        empty.Blocks.Single().FillShare.Should().Be(1);
        empty.Blocks.Single().BlankShare.Should().Be(1);
        File.Exists(folder["v.zarr/s0/c/0/0/0"]).Should().BeFalse();
        var partly = result.Shards.Single(shard => shard.Level == 0 && shard.Position == new NdIndex(1, 0, 0));
        partly.StoredBytes.Should().Be((63 * (512 + 4)) + (64 * 16) + 4);
        partly.Blocks.Single().FillShare.Should().BeGreaterThan(1.0 / 64);
        partly.Blocks.Single().BlankShare.Should().Be(1.0 / 64);
        await ShouldHoldAsync(folder["v.zarr"], source, Box.Whole(source.Info.Shape), DownsampleMethod.Mean);
    }

    [Fact]
    public async Task Every_shard_has_a_record_whose_statistics_are_those_of_its_voxels()
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(new NdIndex(50, 40, 33), VoxelType.Int16);
        var result = await RunAsync(source, folder, Options());
        var shape = source.Info.Shape;
        result.Shards.Where(shard => shard.Level == 0).Should().HaveCount(2 * 2 * 2);
        foreach (var shard in result.Shards.Where(shard => shard.Level == 0))
        {
            var block = shard.Blocks.Single();
            var bytes = new byte[block.ValidShape.Volume * 2];
            StridedCopy.Copy(source.Voxels, Box.Whole(shape), bytes, new Box(block.Origin, block.ValidShape), 2);
            var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, short>(bytes).ToArray().Order().ToArray();
            var mean = values.Average(value => (double)value);
            block.Min.Should().Be(values[0]);
            block.Max.Should().Be(values[^1]);
            block.Mean.Should().BeApproximately(mean, 1e-9);
            block.StandardDeviation.Should().BeApproximately(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), 1e-6);
            block.P50.Should().Be(values[(int)Math.Ceiling(0.5 * values.Length) - 1]);
            block.P99.Should().Be(values[(int)Math.Ceiling(0.99 * values.Length) - 1]);
            var file = new FileInfo(folder[$"v.zarr/s0/c/{block.Origin[0] / 32}/{block.Origin[1] / 32}/{block.Origin[2] / 32}"]);
            file.Length.Should().Be(shard.StoredBytes);
            Crc32C.Compute(File.ReadAllBytes(file.FullName)).Should().Be(shard.Checksum);
        }
    }

    [Fact]
    public async Task A_shard_of_several_blocks_has_a_record_of_each()
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(new NdIndex(50, 40, 33), VoxelType.UInt8).Cleared(new Box(new NdIndex(0, 16, 0), Chunk));
        var large = await RunAsync(source, folder, Options() with { Block = NdIndex.Filled(3, 16) });
        using var other = new TemporaryFolder();
        var small = await RunAsync(source, other, Options() with { Shard = NdIndex.Filled(3, 16), Levels = large.Levels.Count });

        large.Levels[0].Block.Should().Be(NdIndex.Filled(3, 16));
        large.Shards.First().Blocks.Should().HaveCount(8);
        var blocks = large.Shards.Where(shard => shard.Level == 0).SelectMany(shard => shard.Blocks);
        blocks.Should().HaveCount(4 * 3 * 3).And.BeEquivalentTo(small.Shards.Where(shard => shard.Level == 0).SelectMany(shard => shard.Blocks));
        blocks.Single(block => block.Origin == new NdIndex(0, 16, 0)).BlankShare.Should().Be(1.0 / 8);
    }

    [Fact]
    public async Task The_output_does_not_depend_on_the_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        var source = MemoryVolume.Make(new NdIndex(100, 90, 110), VoxelType.UInt8);
        await RunAsync(source, folder, Options() with { Threads = 1 });
        var one = Snapshot(folder["v.zarr"]);
        using var other = new TemporaryFolder();
        await RunAsync(source, other, Options() with { Threads = 7 });
        Snapshot(other["v.zarr"]).Should().Equal(one);
    }

    internal static RechunkOptions Options() => new()
    {
        Name = "test", SourceIdentity = "seed 1", Shard = Shard, Chunk = Chunk, Codec = ShardCodec.Zstd(), Threads = 3, VoxelSize = new VoxelSize(8, 8, 8),
    };

    internal static Task<RechunkResult> RunAsync(
        IVolumeReader source, TemporaryFolder folder, RechunkOptions options, Box? region = null, CancellationToken cancellation = default) =>
        ZarrRechunk.RunAsync(
            source, region ?? Box.Whole(source.Info.Shape), folder["v.zarr"], folder["state/shards"], options, null, cancellation);

    /// <summary>Every file with its bytes.</summary>
    internal static SortedDictionary<string, string> Snapshot(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(folder, path), path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))));

    internal static async Task ShouldHoldAsync(string path, MemoryVolume source, Box region, DownsampleMethod method)
    {
        var size = source.Info.Type.Size();
        var expected = new byte[region.Volume * size];
        StridedCopy.Copy(source.Voxels, Box.Whole(source.Info.Shape), expected, region, size);
        var shape = region.Shape;
        await using var store = new LocalStore(path);
        var readers = await ZarrVolumes.OpenAsync(new VolumePath(store, ""));
        foreach (var reader in readers)
        {
            await using var _ = reader;
            if (reader.Info.Level > 0)
                (expected, shape) = ReferencePyramid.Halve(expected, shape, source.Info.Type, method);
            reader.Info.Shape.Should().Be(shape);
            reader.Info.Type.Should().Be(source.Info.Type);
            var got = new byte[expected.Length];
            await reader.ReadAsync(Box.Whole(shape), got);
            got.AsSpan().SequenceEqual(expected).Should().BeTrue("level {0} is known", reader.Info.Level);
        }
    }
}
