using EmPipeline.Formats.Precomputed;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Formats.Tests.Precomputed;

public sealed class PrecomputedCropTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("precomputed-crop-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("identity", "raw", "raw")]
    [InlineData("identity", "gzip", null)]
    [InlineData("murmurhash3_x86_128", "gzip", "gzip")]
    public async Task A_crop_reads_inside_its_box_as_the_source_does(string hash, string index, string? data)
    {
        var store = new MemoryStore();
        var whole = new SyntheticVolume
        {
            Sharding = ShardWriter.Specification(2, 2, 3, hash, index, data),
            IsAbsent = (x, y, z) => (x, y, z) == (1, 1, 1),
        }.Write(store, "a/volume");
        var box = Box.FromEnds(new NdIndex(5, 10, 20), new NdIndex(40, 33, 50));
        var plan = await PrecomputedCrop.PlanAsync(store, "a/volume", null, box);
        var results = await CropCopy.WriteAsync(plan, _folder);

        results[0].RelativeName.Should().Be("info");
        (await File.ReadAllBytesAsync(Path.Combine(_folder, "info"))).Should().Equal(store.Objects["a/volume/info"]);
        results.Select(result => result.Length).Should().Equal(plan.Files.Select(file => file.EstimatedBytes));
        await ShouldEqualAsync(box, whole, [45, 50, 70]);
    }

    [Fact]
    public async Task An_unsharded_crop_is_just_the_chunk_files_and_leaves_absent_ones_out()
    {
        var store = new MemoryStore();
        var whole = new SyntheticVolume { Offset = [100, 0, 7], GzipSuffix = ".gz", IsAbsent = (x, _, _) => x == 1 }.Write(store);
        var box = Box.FromEnds(new NdIndex(0, 0, 0), new NdIndex(16, 17, 70));
        var plan = await PrecomputedCrop.PlanAsync(store, "", "8_8_40", box);
        plan.Files.Should().HaveCount(1 + 6);
        plan.Files.Should().Contain(file => file.RelativeName == "8_8_40/100-132_0-16_7-23");
        var results = await CropCopy.WriteAsync(plan, _folder);
        results.Should().HaveCount(1 + 4);
        results.Should().Contain(result => result.RelativeName == "8_8_40/100-132_0-16_7-23.gz");
        await ShouldEqualAsync(box, whole, [45, 50, 70]);
        foreach (var result in results.Skip(1))
            result.ETag.Should().NotBeNull();
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(64, 0, 64)]
    [InlineData(32, 96, 32)]
    public async Task An_aligned_crop_reads_at_most_a_twentieth_more_than_it_needs(long z, long y, long x)
    {
        var store = new MemoryStore();
        var random = new Random(1);
        new SyntheticVolume
        {
            Size = [128, 128, 128],
            Chunk = [16, 16, 16],
            Sharding = ShardWriter.Specification(3, 2, 2, index: "gzip"),
            // JPEG chunks differ in length; so do these.
            Encode = (voxels, _) => voxels[..(2000 + random.Next(2000))],
        }.Write(store);
        store.ResetCounts();
        var plan = await PrecomputedCrop.PlanAsync(store, "", null, new Box(new NdIndex(z, y, x), NdIndex.Filled(3, 32)));
        var results = await CropCopy.WriteAsync(plan, _folder);
        var needed = plan.Files.Sum(file => file.EstimatedBytes);
        store.BytesRead.Should().BeLessThanOrEqualTo((long)(needed * 1.05));
        results.Sum(result => result.IndexBytes + result.Reads.Sum(read => read.Length)).Should().Be(store.BytesRead);
        // 8 chunks in one minishard, one after the other: info, shard index, minishard index and one run.
        store.Reads.Count.Should().BeLessThanOrEqualTo(4);
    }

    [Theory]
    [InlineData("9_9_9", 0, Fault.Configuration, "expected one of 8_8_40")]
    [InlineData("8_8_40", 60, Fault.Configuration, "expected a box inside 45×50×70")]
    public async Task A_crop_that_the_volume_does_not_have_is_refused(string key, long z, Fault fault, string message)
    {
        var store = new MemoryStore();
        new SyntheticVolume().Write(store);
        var act = async () => await PrecomputedCrop.PlanAsync(store, "", key, new Box(new NdIndex(z, 0, 0), NdIndex.Filled(3, 8)));
        var error = (await act.Should().ThrowAsync<EmException>()).Which;
        error.Fault.Should().Be(fault);
        error.Message.Should().Contain(message);
    }

    [Fact]
    public async Task A_crop_of_the_hemibrain_replica_decodes_to_the_same_voxels()
    {
        await using var remote = new LocalStore(SharedData.Require("replicas/hemibrain-like"));
        var source = (await FormatRegistry.OpenAsync(new VolumePath(remote, "emdata/jpeg")))[0];
        var box = Box.FromEnds(new NdIndex(70, 100, 30), new NdIndex(200, 300, 250));
        var plan = await PrecomputedCrop.PlanAsync(remote, "emdata/jpeg", "8.0x8.0x8.0", box);
        var results = await CropCopy.WriteAsync(plan, _folder);
        results.Sum(result => result.IndexBytes + result.Reads.Sum(read => read.Length)).Should().BeLessThanOrEqualTo((long)(plan.EstimatedBytes * 1.05));
        var expected = new byte[box.Volume];
        await source.ReadAsync(box, expected);
        (await ReadCropAsync(box)).AsSpan().SequenceEqual(expected).Should().BeTrue();
    }

    private async Task<byte[]> ReadCropAsync(Box box)
    {
        await using var store = new LocalStore(_folder);
        var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "")))[0];
        var voxels = new byte[box.Volume];
        await reader.ReadAsync(box, voxels);
        return voxels;
    }

    private async Task ShouldEqualAsync(Box box, byte[] whole, long[] shape)
    {
        var expected = new byte[box.Volume];
        StridedCopy.Copy(whole, Box.Whole(new NdIndex(shape)), expected, box, 1);
        (await ReadCropAsync(box)).AsSpan().SequenceEqual(expected).Should().BeTrue();
    }
}
