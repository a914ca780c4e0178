using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Formats.Tests.Precomputed;

public abstract class SyntheticConformance : VolumeReaderConformance
{
    internal abstract SyntheticVolume Volume { get; }

    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync()
    {
        var store = new MemoryStore();
        var expected = Volume.Write(store, "some/volume");
        var readers = await FormatRegistry.OpenAsync(new VolumePath(store, "some/volume"));
        return (readers.Should().ContainSingle().Subject, expected);
    }

    internal static byte[] EncodeLabels(byte[] voxels, long[] extent, int channels) =>
        CompressedSegmentationEncoder.Encode<ulong>(Labels.From<ulong>(voxels), extent, channels, [8, 8, 8]);
}

public sealed class UnshardedRawConformanceTests : SyntheticConformance
{
    internal override SyntheticVolume Volume => new()
    {
        Type = VoxelType.UInt16,
        Offset = [-40, 7, 1000],
        IsAbsent = (x, y, z) => (x, y, z) == (1, 1, 1),
    };
}

public sealed class UnshardedGzipTwoChannelConformanceTests : SyntheticConformance
{
    internal override SyntheticVolume Volume => new() { Type = VoxelType.Float32, Channels = 2, Size = [40, 30, 20], GzipSuffix = ".gz" };
}

public sealed class ShardedMurmurSegmentationConformanceTests : SyntheticConformance
{
    internal override SyntheticVolume Volume => new()
    {
        Type = VoxelType.UInt64,
        Encoding = "compressed_segmentation",
        Encode = (voxels, extent) => EncodeLabels(voxels, extent, 1),
        Voxel = (x, y, z, _) => (ulong)((x / 9) + (y / 7 * 100) + (z / 5 * 0x1_0000_0000)),
        Sharding = ShardWriter.Specification(1, 2, 3, "murmurhash3_x86_128", "gzip", "gzip"),
    };
}

public sealed class ShardedCompressoConformanceTests : SyntheticConformance
{
    internal override SyntheticVolume Volume => new()
    {
        Type = VoxelType.UInt32,
        Encoding = "compresso",
        Encode = (voxels, extent) => CompressoEncoder.Encode<uint>(Labels.From<uint>(voxels), extent, [4, 4, 1], version: 1),
        Voxel = (x, y, z, _) => (ulong)((x / 9) + (y / 7 * 100) + (z / 5 * 10000)),
        Sharding = ShardWriter.Specification(2, 1, 0, index: null, data: null),
        IsAbsent = (x, y, z) => (x + y + z) % 5 == 0,
    };
}

public sealed class JpegFixtureConformanceTests : VolumeReaderConformance
{
    // That its voxels are Pillow's is PrecomputedFixtureTests' matter; here every way of reading has to agree with the whole.
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync()
    {
        var readers = await FormatRegistry.OpenAsync(new VolumePath(new LocalStore(SharedData.Fixture("precomputed")), "jpeg-rgb"));
        var whole = new byte[readers[0].Info.DecodedBytes];
        await readers[0].ReadAsync(Box.Whole(readers[0].Info.Shape), whole);
        return (readers[0], whole);
    }
}
