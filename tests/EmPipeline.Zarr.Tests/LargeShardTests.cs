using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Zarr.Tests;

/// <summary>Shards that are made in parts, by several workers, within little memory.</summary>
public sealed class LargeShardTests
{
    private static readonly NdIndex Shape = new(300, 270, 520);

    private static readonly RechunkOptions Options = new()
    {
        Name = "large", SourceIdentity = "seed 1", Shard = NdIndex.Filled(3, 512), Block = NdIndex.Filled(3, 64), Chunk = NdIndex.Filled(3, 32),
        Codec = ShardCodec.Zstd(), Levels = 3, Threads = 3, MemoryBytes = 400 << 20,
    };

    [Theory]
    [InlineData(1, 16, 16, 16, 400)]
    [InlineData(2, 1, 1, 520, 300)]
    [InlineData(3, 1, 1, 520, 115)]
    [InlineData(4, 1, 270, 520, 400)]
    public async Task The_bytes_do_not_depend_on_threads_memory_or_how_the_source_is_read(int threads, int grainZ, int grainY, int grainX, int memory)
    {
        using var folder = new TemporaryFolder();
        await RunAsync(Source(NdIndex.Filled(3, 16)), folder, Options);
        using var other = new TemporaryFolder();
        await RunAsync(Source(new NdIndex(grainZ, grainY, grainX)), other, Options with { Threads = threads, MemoryBytes = (long)memory << 20 });
        ZarrRechunkTests.Snapshot(other["v.zarr"]).Should().Equal(ZarrRechunkTests.Snapshot(folder["v.zarr"]));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("raw")]
    public async Task A_run_that_was_cut_short_goes_on_to_the_same_bytes_and_right_voxels(string codec)
    {
        var options = Options with { Codec = codec == "raw" ? ShardCodec.Raw : ShardCodec.Zstd(), Shard = new NdIndex(256, 256, 512) };
        var whole = Source(new NdIndex(1, 1, 520));
        using var folder = new TemporaryFolder();
        await RunAsync(whole, folder, options);
        await ZarrRechunkTests.ShouldHoldAsync(folder["v.zarr"], whole, Box.Whole(Shape), DownsampleMethod.Mean);
        Directory.EnumerateFiles(folder["v.zarr"], "*.spill", SearchOption.AllDirectories).Should().BeEmpty();

        using var other = new TemporaryFolder();
        var reads = 0;
        var failing = Source(new NdIndex(1, 1, 520), _ =>
        {
            if (Interlocked.Increment(ref reads) == 60)
                throw new EmException(Fault.Source, "the source went away");
        });
        await Assert.ThrowsAsync<EmException>(() => RunAsync(failing, other, options));
        await RunAsync(Source(new NdIndex(1, 1, 520)), other, options);
        ZarrRechunkTests.Snapshot(other["v.zarr"]).Should().Equal(ZarrRechunkTests.Snapshot(folder["v.zarr"]));
    }

    private static Task<RechunkResult> RunAsync(IVolumeReader source, TemporaryFolder folder, RechunkOptions options) =>
        ZarrRechunkTests.RunAsync(source, folder, options);

    // Two bytes a voxel: a shard is 256 MiB, a part 16.
    private static MemoryVolume Source(NdIndex grain, Action<int>? onRead = null) => MemoryVolume.Make(Shape, VoxelType.UInt16, grain, onRead);
}
