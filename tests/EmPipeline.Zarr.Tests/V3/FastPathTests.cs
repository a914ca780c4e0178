using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Tests.V3;

public sealed class FastPathTests
{
    [Fact]
    public async Task A_block_touches_only_the_chunks_it_needs_and_reads_neighbours_together()
    {
        using var folder = new TemporaryFolder();
        await using var store = new ReadCounter(await WriteAsync(folder));
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        var chunk = 512 + 4;

        // Warm: the index is read once and kept.
        await reader.ReadAsync(new Box(NdIndex.Filled(3, 0), NdIndex.Filled(3, 1)), new byte[1]);
        store.Reset();
        await reader.ReadAsync(new Box(NdIndex.Filled(3, 0), NdIndex.Filled(3, 1)), new byte[1]);
        (store.Reads, store.Bytes).Should().Be((1, chunk));

        // Four chunks along x lie side by side.
        store.Reset();
        await reader.ReadAsync(new Box(new NdIndex(3, 4, 1), new NdIndex(1, 1, 31)), new byte[31]);
        (store.Reads, store.Bytes).Should().Be((1, 4 * chunk));

        // A whole shard is one read.
        store.Reset();
        await reader.ReadAsync(new Box(NdIndex.Filled(3, 0), NdIndex.Filled(3, 32)), new byte[32 * 32 * 32]);
        (store.Reads, store.Bytes).Should().Be((1, 64 * chunk));
    }

    [Fact]
    public async Task A_warm_reader_allocates_next_to_nothing_a_block()
    {
        using var folder = new TemporaryFolder();
        await using var store = await WriteAsync(folder);
        await using var reader = (await ZarrVolumes.OpenAsync(new VolumePath(store, "")))[0];
        var box = new Box(NdIndex.Filled(3, 5), NdIndex.Filled(3, 30));
        var buffer = new byte[box.Volume];
        for (var i = 0; i < 50; i++)
            await reader.ReadAsync(box, buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
            reader.ReadAsync(box, buffer).IsCompletedSuccessfully.Should().BeTrue();
        // 125 chunks of 8 shards a block. Built for debugging, the compiler makes objects of asynchronous methods; else it is nothing.
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 50).Should().BeLessThan(8192);
    }

    private static async Task<LocalStore> WriteAsync(TemporaryFolder folder)
    {
        var source = MemoryVolume.Make(NdIndex.Filled(3, 64), VoxelType.UInt8);
        await ZarrRechunkTests.RunAsync(source, folder, ZarrRechunkTests.Options() with { Codec = ShardCodec.Raw });
        return new LocalStore(folder["v.zarr"]);
    }

    private sealed class ReadCounter(IStore inner) : IStore
    {
        public int Reads { get; private set; }

        public long Bytes { get; private set; }

        public void Reset() => (Reads, Bytes) = (0, 0);

        public string Locate(string key) => inner.Locate(key);

        public ValueTask<StoredObject?> FindAsync(string key, CancellationToken cancellation = default) => inner.FindAsync(key, cancellation);

        public ValueTask<bool> ReadAsync(string key, long offset, Memory<byte> buffer, CancellationToken cancellation = default)
        {
            Reads++;
            Bytes += buffer.Length;
            return inner.ReadAsync(key, offset, buffer, cancellation);
        }

        public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation = default) => inner.ListAsync(prefix, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
