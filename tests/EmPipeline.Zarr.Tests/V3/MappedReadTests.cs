using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.V3;

/// <summary>Stored voxels that are copied from where the kernel keeps them: the same voxels, and the same errors, as when they are read.</summary>
public sealed class MappedReadTests : IDisposable
{
    private const int ChunkBytes = 512 + 4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_box_at_any_time_from_many_threads_has_the_volumes_voxels()
    {
        var source = MemoryVolume.Make(new NdIndex(40, 70, 50), VoxelType.UInt16);
        await WriteAsync(source);
        await using var store = new LocalStore(_folder["v.zarr"]);
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (seed, token) =>
        {
            var box = RandomBox(new Random(seed), source.Info.Shape);
            var (got, expected) = (new byte[box.Volume * 2], new byte[box.Volume * 2]);
            await reader.ReadAsync(box, got, token);
            await source.ReadAsync(box, expected, token);
            got.AsSpan().SequenceEqual(expected).Should().BeTrue("of box {0}", box);
        });
    }

    [Fact]
    public async Task Damage_is_found_when_a_chunk_is_first_read_whatever_of_the_shard_was_read_before()
    {
        await WriteAsync(MemoryVolume.Make(NdIndex.Filled(3, 32), VoxelType.UInt8));
        await using var store = new LocalStore(_folder["v.zarr"]);
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        await ReadOftenAsync(reader, 0);
        Flip((3 * ChunkBytes) + 7);
        await ReadChunkAsync(reader, 2);
        for (var again = 0; again < 3; again++)
        {
            var error = await Assert.ThrowsAsync<EmException>(() => ReadChunkAsync(reader, 3));
            error.Fault.Should().Be(Fault.Corrupt);
            error.Message.Should().Contain(ShardPath).And.Contain($"inner chunk 0×0×3 at byte {3 * ChunkBytes}").And.Contain("checksum");
        }
    }

    [Fact]
    public async Task A_chunk_is_verified_once_by_a_reader_and_anew_by_the_next()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "files are mapped on Linux only");
        await WriteAsync(MemoryVolume.Make(NdIndex.Filled(3, 32), VoxelType.UInt8));
        await using var store = new LocalStore(_folder["v.zarr"]);
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        var before = await ReadOftenAsync(reader, 0);
        Flip(5);
        (await ReadChunkAsync(reader, 0)).Where((voxel, i) => voxel != before[i]).Should().ContainSingle("it is the file's memory that is read");
        await using var next = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        await Assert.ThrowsAsync<EmException>(() => ReadChunkAsync(next, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData((2 * ChunkBytes) - 1)]
    public async Task A_shard_that_is_cut_short_while_it_is_read_is_an_error(int length)
    {
        await WriteAsync(MemoryVolume.Make(NdIndex.Filled(3, 32), VoxelType.UInt8));
        await using var store = new LocalStore(_folder["v.zarr"]);
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        await ReadOftenAsync(reader, 1);
        using (var file = new FileStream(ShardPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(length);
        (await Assert.ThrowsAsync<EmException>(() => ReadChunkAsync(reader, 1))).Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public async Task A_shard_that_is_replaced_by_another_is_never_read_as_a_mixture()
    {
        var first = MemoryVolume.Make(NdIndex.Filled(3, 32), VoxelType.UInt8);
        await WriteAsync(first);
        await using var store = new LocalStore(_folder["v.zarr"]);
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        var before = await ReadOftenAsync(reader, 0);
        // Shorter, as one with absent chunks is; put in its place as shards are.
        File.WriteAllBytes(ShardPath + ".new", File.ReadAllBytes(ShardPath)[ChunkBytes..]);
        File.Move(ShardPath + ".new", ShardPath, overwrite: true);
        (await ReadChunkAsync(reader, 0)).Should().Equal(before, "an open store goes on with the version that it opened");
    }

    private string ShardPath => _folder["v.zarr/s0/c/0/0/0"];

    private async Task WriteAsync(IVolumeReader source) => await ZarrRechunkTests.RunAsync(
        source, _folder, ZarrRechunkTests.Options() with { Codec = ShardCodec.Raw, Shard = NdIndex.Filled(3, 32), Chunk = NdIndex.Filled(3, 8) });

    private void Flip(int at)
    {
        using var file = new FileStream(ShardPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 1));
    }

    /// <summary>Reads a chunk until its shard is one that is read over and over.</summary>
    private static async Task<byte[]> ReadOftenAsync(IVolumeReader reader, int x)
    {
        for (var i = 0; i < 200; i++)
            await ReadChunkAsync(reader, x);
        return await ReadChunkAsync(reader, x);
    }

    /// <summary>Reads the chunk at this place along x.</summary>
    private static async Task<byte[]> ReadChunkAsync(IVolumeReader reader, int x)
    {
        var voxels = new byte[512];
        await reader.ReadAsync(new Box(new NdIndex(0, 0, 8 * x), NdIndex.Filled(3, 8)), voxels);
        return voxels;
    }

    private static Box RandomBox(Random random, NdIndex within)
    {
        var (origin, shape) = (within, within);
        for (var axis = 0; axis < within.Rank; axis++)
        {
            origin[axis] = random.NextInt64(within[axis]);
            shape[axis] = 1 + random.NextInt64(within[axis] - origin[axis]);
        }

        return new Box(origin, shape);
    }
}
