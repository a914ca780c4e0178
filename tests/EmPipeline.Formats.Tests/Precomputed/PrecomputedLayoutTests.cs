using System.Buffers.Binary;
using EmPipeline.Formats.Precomputed;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class PrecomputedLayoutTests
{
    public static IEnumerable<TheoryDataRow<int, int, int, string, string?, string?>> Shardings() =>
        from bits in new[] { (0, 0, 0), (0, 2, 5), (2, 2, 2), (64, 3, 4), (3, 13, 1), (1, 0, 64) }
        from hash in new[] { "identity", "murmurhash3_x86_128" }
        from encodings in new (string?, string?)[] { ("raw", "raw"), ("gzip", "gzip"), (null, null), ("gzip", null) }
        select new TheoryDataRow<int, int, int, string, string?, string?>(bits.Item1, bits.Item2, bits.Item3, hash, encodings.Item1, encodings.Item2);

    [Theory]
    [MemberData(nameof(Shardings))]
    public async Task Every_sharding_reads_as_it_was_written(int preshift, int minishard, int shard, string hash, string? index, string? data)
    {
        var store = new MemoryStore();
        var expected = new SyntheticVolume
        {
            Sharding = ShardWriter.Specification(preshift, minishard, shard, hash, index, data),
            IsAbsent = (x, y, z) => (x, y, z) is (0, 1, 0) or (2, 3, 2),
        }.Write(store);
        (await ReadAllAsync(store)).AsSpan().SequenceEqual(expected).Should().BeTrue();
    }

    [Fact]
    public async Task Chunks_out_of_id_order_and_with_gaps_between_are_found()
    {
        var store = new MemoryStore();
        var volume = new SyntheticVolume { Sharding = ShardWriter.Specification(3, 1, 1) };
        var expected = volume.Write(store);
        var chunks = new Dictionary<ulong, byte[]>();
        var scale = PrecomputedInfo.Parse(store.Objects["info"], "info").Scales[0];
        foreach (var cell in Box.Whole(scale.Size).CellsTouched(scale.ChunkSize))
        {
            var box = scale.ChunkBox(cell);
            var chunk = new byte[box.Volume];
            StridedCopy.Copy(expected, Box.Whole(scale.Size), chunk, box, 1);
            chunks[SyntheticVolume.Morton((cell[2], cell[1], cell[0]), [scale.Grid[2], scale.Grid[1], scale.Grid[0]])] = chunk;
        }

        new ShardWriter(volume.Sharding!) { Descending = true, Gap = 100 }.Write(store, "8_8_40/", chunks);
        (await ReadAllAsync(store)).AsSpan().SequenceEqual(expected).Should().BeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".gz")]
    public async Task Chunks_that_a_writer_padded_at_the_edge_are_read_as_well(string? gzipSuffix)
    {
        var store = new MemoryStore();
        var expected = new SyntheticVolume { Padded = true, GzipSuffix = gzipSuffix, Type = VoxelType.Int16, Channels = 2 }.Write(store);
        (await ReadAllAsync(store)).AsSpan().SequenceEqual(expected).Should().BeTrue();
    }

    [Fact]
    public async Task Raw_voxels_that_begin_like_gzip_are_not_taken_for_it()
    {
        var store = new MemoryStore();
        ulong[] magic = [0x1f, 0x8b, 0x08];
        var expected = new SyntheticVolume { Size = [32, 16, 16], Voxel = (x, _, _, _) => magic[x % 3] }.Write(store);
        (await ReadAllAsync(store)).AsSpan().SequenceEqual(expected).Should().BeTrue();
    }

    [Fact]
    public async Task Neighbouring_chunks_are_read_together_and_indexes_once()
    {
        var store = new MemoryStore();
        new SyntheticVolume { Sharding = ShardWriter.Specification(9, 1, 0, index: "gzip"), Size = [128, 64, 64], Chunk = [16, 16, 16] }.Write(store);
        var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "")))[0];
        store.ResetCounts();
        await ReadAsync(reader, Box.Whole(reader.Info.Shape));
        // One page of the shard index, one minishard index, and 128 chunks in one run.
        store.Reads.Count.Should().Be(3);
        await ReadAsync(reader, Box.Whole(reader.Info.Shape));
        store.Reads.Count.Should().Be(4);
    }

    [Fact]
    public async Task A_folder_of_layers_a_scale_and_the_info_file_itself_can_be_opened()
    {
        var store = new MemoryStore();
        new SyntheticVolume { Key = "fine" }.Write(store, "set/color");
        new SyntheticVolume { Key = "only" }.Write(store, "set/labels");
        store.Objects["set/mesh/info"] = "{\"@type\":\"neuroglancer_multilod_draco\"}"u8.ToArray();
        (await NamesAsync(store, "set")).Should().Equal("color/fine", "labels/only");
        (await NamesAsync(store, "set/color")).Should().Equal("fine");
        (await NamesAsync(store, "set/color/fine")).Should().Equal("fine");
        (await NamesAsync(store, "set/color/info")).Should().Equal("fine");
        var act = () => NamesAsync(store, "set/mesh");
        (await act.Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Unsupported);
    }

    [Fact]
    public async Task A_scale_beside_the_volume_is_read_but_not_one_outside_the_store()
    {
        var store = new MemoryStore();
        var expected = new SyntheticVolume { Key = "../other/8_8_40" }.Write(store, "set/volume");
        foreach (var key in store.Objects.Keys.Where(key => key.Contains("..", StringComparison.Ordinal)).ToArray())
        {
            store.Objects.TryRemove(key, out var bytes);
            store.Objects[key.Replace("volume/../", "", StringComparison.Ordinal)] = bytes!;
        }

        var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "set/volume")))[0];
        (await ReadAsync(reader, Box.Whole(reader.Info.Shape))).AsSpan().SequenceEqual(expected).Should().BeTrue();
        new SyntheticVolume { Key = "../../out" }.Write(store, "volume");
        var act = async () => await FormatRegistry.OpenAsync(new VolumePath(store, "volume"));
        (await act.Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Unsupported);
    }

    [Fact]
    public async Task A_truncated_shard_is_corrupt_with_its_name_and_the_offset()
    {
        var store = new MemoryStore();
        new SyntheticVolume { Sharding = ShardWriter.Specification(0, 2, 0) }.Write(store);
        var whole = store.Objects["8_8_40/0.shard"];
        foreach (var length in new[] { 0, 10, 63, 64, whole.Length / 2, whole.Length - 1 })
        {
            store.Objects["8_8_40/0.shard"] = whole[..length];
            var act = () => ReadAllAsync(store);
            var error = (await act.Should().ThrowAsync<EmException>()).Which;
            error.Fault.Should().Be(Fault.Corrupt);
            error.Message.Should().Contain("8_8_40/0.shard");
        }
    }

    [Fact]
    public async Task A_chunk_of_the_wrong_length_is_corrupt_with_its_place()
    {
        var store = new MemoryStore();
        new SyntheticVolume { Offset = [10, 20, 30] }.Write(store);
        store.Objects["8_8_40/42-74_20-36_30-46"] = new byte[100];
        var act = () => ReadAllAsync(store);
        (await act.Should().ThrowAsync<EmException>()).WithMessage(
            "8_8_40/42-74_20-36_30-46 at byte 0, chunk x 42, y 20, z 30: got 100 bytes, expected 8192*").Which.Fault.Should().Be(Fault.Corrupt);
    }

    [Fact]
    public void Damage_to_a_shard_is_an_error_or_other_voxels_but_never_another_exception()
    {
        var store = new MemoryStore();
        new SyntheticVolume { Size = [64, 32, 32], Sharding = ShardWriter.Specification(1, 2, 0, index: "gzip", data: "gzip") }.Write(store);
        Damage.ShouldBeReported(store.Objects["8_8_40/0.shard"], bytes =>
        {
            store.Objects["8_8_40/0.shard"] = bytes;
            ReadAllAsync(store).GetAwaiter().GetResult();
        }, tries: 1000);
    }

    [Fact]
    public async Task A_minishard_index_that_claims_far_more_than_the_file_holds_costs_no_memory()
    {
        var store = new MemoryStore();
        new SyntheticVolume { Sharding = ShardWriter.Specification(0, 0, 0) }.Write(store);
        var shard = store.Objects["8_8_40/0.shard"];
        BinaryPrimitives.WriteUInt64LittleEndian(shard.AsSpan(8), 1UL << 60);
        // A thread of its own, since what is counted is counted by thread; the store answers at once, so all work is done on it.
        var reading = Task.Factory.StartNew(
            () =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var error = Assert.Throws<EmException>(() => { ReadAllAsync(store).GetAwaiter().GetResult(); });
                return (error.Fault, Allocated: GC.GetAllocatedBytesForCurrentThread() - before);
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var (fault, allocated) = await reading;
        fault.Should().Be(Fault.Corrupt);
        allocated.Should().BeLessThan(8 << 20);
    }

    private static async Task<IEnumerable<string>> NamesAsync(MemoryStore store, string key) =>
        (await FormatRegistry.OpenAsync(new VolumePath(store, key))).Select(reader => reader.Info.Name);

    private static async Task<byte[]> ReadAllAsync(MemoryStore store)
    {
        var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "")))[0];
        return await ReadAsync(reader, Box.Whole(reader.Info.Shape));
    }

    private static async Task<byte[]> ReadAsync(IVolumeReader reader, Box box)
    {
        var voxels = new byte[box.Volume * reader.Info.Type.Size()];
        voxels.AsSpan().Fill(0xaa);
        await reader.ReadAsync(box, voxels);
        return voxels;
    }
}
