using EmPipeline.Volumes;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr.Tests.V3;

public sealed class CodecChoiceTests
{
    private static readonly NdIndex Shape = new(65, 192, 256);

    [Theory]
    [InlineData(1, 1, 256)]
    [InlineData(1, 16, 256)]
    [InlineData(1, 192, 256)]
    [InlineData(64, 64, 64)]
    [InlineData(65, 192, 256)]
    public async Task The_grain_of_the_file_has_no_say(int z, int y, int x)
    {
        // Noise around a middle that compresses: a sample of the middle alone would take zstd.
        var middle = new Box(new NdIndex(16, 80, 112), NdIndex.Filled(3, 32));
        var volume = Noise(Shape, box => !middle.Contains(box), elsewhere: 7);
        (await ChooseAsync(volume, new NdIndex(z, y, x))).Should().Be(ShardCodec.Raw);
    }

    [Fact]
    public async Task Voxels_that_save_a_fifth_are_compressed_and_others_not()
    {
        (await ChooseAsync(Noise(Shape, _ => true))).Should().Be(ShardCodec.Raw);
        (await ChooseAsync(Noise(Shape, box => box.Origin[2] % 4 == 0))).Name.Should().Be("zstd");
    }

    [Fact]
    public async Task What_is_all_fill_does_not_count()
    {
        // Nine of ten voxels lie outside of the specimen; what is stored is noise.
        var specimen = new Box(new NdIndex(0, 64, 128), new NdIndex(65, 64, 64));
        (await ChooseAsync(Noise(Shape, specimen.Contains))).Should().Be(ShardCodec.Raw);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 5000, 3)]
    [InlineData(700, 3, 2)]
    [InlineData(33, 31, 97)]
    public async Task Samples_lie_inside_of_any_region(int z, int y, int x)
    {
        var volume = Noise(new NdIndex(z + 9, y + 8, x + 7), _ => true);
        var region = new Box(new NdIndex(9, 8, 7), new NdIndex(z, y, x));
        (await CodecChoice.MakeAsync(volume, region, new RechunkOptions(), CancellationToken.None)).Should().Be(ShardCodec.Raw);
        volume.BytesRead.Should().BeInRange(1, region.Volume);
    }

    [Theory]
    [InlineData(400, 320, 320)]
    [InlineData(12, 2400, 2400)]
    public async Task Sampling_a_file_of_whole_planes_decodes_few_of_them(int z, int y, int x)
    {
        var planes = new HashSet<long>();
        var volume = new Recording(new NdIndex(z, y, x), box => planes.UnionWith(Enumerable.Range((int)box.Origin[0], (int)box.Shape[0]).Select(plane => (long)plane)));
        await CodecChoice.MakeAsync(volume, Box.Whole(volume.Info.Shape), new RechunkOptions(), CancellationToken.None);
        planes.Should().NotBeEmpty();
        (planes.Count * (long)y * x).Should().BeLessThanOrEqualTo(Math.Max(4 << 20, Math.Max(volume.Info.Shape.Volume / 50, (long)y * x)));
    }

    private static async Task<ShardCodec> ChooseAsync(MemoryVolume volume, NdIndex? grain = null)
    {
        var source = new MemoryVolume(volume.Info.Shape, VoxelType.UInt8, grain ?? volume.Info.Grain, volume.Voxels);
        return await CodecChoice.MakeAsync(source, Box.Whole(source.Info.Shape), new RechunkOptions(), CancellationToken.None);
    }

    /// <summary>Random bytes where <paramref name="noisy"/> says so of a voxel's box.</summary>
    private static MemoryVolume Noise(NdIndex shape, Func<Box, bool> noisy, byte elsewhere = 0)
    {
        var voxels = new byte[shape.Volume];
        new Random(7).NextBytes(voxels);
        var one = NdIndex.Filled(3, 1);
        for (var at = 0L; at < voxels.Length; at++)
        {
            var origin = new NdIndex(at / (shape[1] * shape[2]), at / shape[2] % shape[1], at % shape[2]);
            if (!noisy(new Box(origin, one)))
                voxels[at] = elsewhere;
            else if (voxels[at] == 0)
                voxels[at] = 1;
        }

        return new MemoryVolume(shape, VoxelType.UInt8, NdIndex.Min(shape, NdIndex.Filled(3, 64)), voxels);
    }

    private sealed class Recording(NdIndex shape, Action<Box> onRead) : IVolumeReader
    {
        public VolumeInfo Info { get; } = new() { Name = "", Format = "test", Shape = shape, Axes = "zyx", Type = VoxelType.UInt8, Grain = new NdIndex(1, shape[1], shape[2]) };

        public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default)
        {
            onRead(box);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
