using CsCheck;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Labels;

namespace EmPipeline.Zarr.Tests.Labels;

/// <summary>What is counted of a label, against counting voxel by voxel.</summary>
public sealed class LabelStatisticsTests : IDisposable
{
    // Names in ordinal order; two values of one class, one that a byte cannot hold, and the greatest.
    private static readonly LabelScheme Classes = LabelScheme.OfClasses(
        new Dictionary<Int128, string> { [1] = "mitochondria", [2] = "er", [3] = "mitochondria", [-1] = "golgi", [ulong.MaxValue] = "nucleus" }, [4, 1000]);

    private static readonly LabelScheme Instances = LabelScheme.Instances("neuron", [4]);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Gen<NdIndex> Extent(int most) => Gen.Select(Gen.Int[1, most], Gen.Int[1, most], Gen.Int[1, most], (z, y, x) => new NdIndex(z, y, x));

    private static Gen<double[]> Numbers(params double[] choices) => Gen.Int[0, choices.Length - 1].Select(choice => choices[choice]).Array[3];

    [Theory]
    [InlineData(VoxelType.UInt8, false)]
    [InlineData(VoxelType.Int16, false)]
    [InlineData(VoxelType.UInt32, true)]
    [InlineData(VoxelType.Int64, true)]
    [InlineData(VoxelType.UInt64, false)]
    [InlineData(VoxelType.UInt64, true)]
    public void Counts_are_those_of_a_plain_loop(VoxelType type, bool hasInstances) =>
        Gen.Select(
            Extent(24), Extent(40), Gen.Int[1, 9].Array[3], Gen.Int[1, 20].Array[3], Numbers(8, 16, 7.3, 50, 1.5), Numbers(8, 16, 5.1, 24), Numbers(0, 4, -4, 33.3, -61, 200), Gen.Select(Gen.Int, Gen.Int[1, 30]))
            .Sample(
                (shape, image, chunk, block, size, imageSize, centre, more) =>
                {
                    var (seed, tile) = more;
                    var label = Make(shape, type, seed);
                    var scheme = hasInstances ? Instances : Classes;
                    var (grid, frame) = (Grid(shape, size, centre), Grid(image, imageSize, [0, 0, 0]));
                    using var folder = new TemporaryFolder();
                    var (chunkShape, blockShape) = (Index(chunk), Index(block));
                    var totals = LabelStatistics.WriteAsync(label, chunkShape, scheme, grid, frame, blockShape, folder["statistics"], 2, tile, CancellationToken.None).GetAwaiter().GetResult();
                    var file = LabelStatisticsFile.Open(folder["statistics"]);
                    var naive = new Naive(label, chunkShape, scheme, grid, frame, blockShape);
                    file.Chunks().Should().Equal(naive.Chunks());
                    file.Blocks().Should().Equal(naive.Blocks());
                    totals.Known.Should().Be(naive.Known);
                    totals.Classes.Should().Equal(naive.Classes);
                },
                iter: 120);

    [Fact]
    public async Task The_same_label_gives_the_same_bytes_whatever_the_threads()
    {
        var label = Make(new NdIndex(40, 50, 60), VoxelType.UInt64, 1);
        foreach (var threads in (int[])[1, 4])
            await WriteAsync(label, $"statistics{threads}", threads);
        (await File.ReadAllBytesAsync(_folder["statistics1"], TestContext.Current.CancellationToken)).Should().Equal(await File.ReadAllBytesAsync(_folder["statistics4"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_label_that_fits_its_image_is_read_once()
    {
        var label = Make(new NdIndex(64, 64, 64), VoxelType.UInt16, 1);
        await LabelStatistics.WriteAsync(label, NdIndex.Filled(3, 16), Classes, Grid(label.Info.Shape, [16, 16, 16], [4, 4, 4]), Grid(NdIndex.Filled(3, 128), [8, 8, 8], [0, 0, 0]), NdIndex.Filled(3, 32), _folder["statistics"]);
        label.BytesRead.Should().Be(label.Voxels.Length);
    }

    [Fact]
    public async Task A_file_that_is_not_whole_is_corrupt_and_a_stopped_count_leaves_the_old_one()
    {
        var label = Make(new NdIndex(20, 20, 20), VoxelType.UInt8, 1);
        await WriteAsync(label, "statistics", 1);
        var bytes = await File.ReadAllBytesAsync(_folder["statistics"], TestContext.Current.CancellationToken);
        var failing = new MemoryVolume(label.Info.Shape, VoxelType.UInt8, label.Info.Grain, label.Voxels) { OnRead = number => throw EmException.Corrupt("shard", $"read {number}") };
        var stopped = () => WriteAsync(failing, "statistics", 1);
        await stopped.Should().ThrowAsync<EmException>();
        (await File.ReadAllBytesAsync(_folder["statistics"], TestContext.Current.CancellationToken)).Should().Equal(bytes);
        foreach (var damaged in (byte[][])[bytes[..^1], [], [.. bytes[..20], (byte)(bytes[20] ^ 1), .. bytes[21..]]])
        {
            await File.WriteAllBytesAsync(_folder["statistics"], damaged, TestContext.Current.CancellationToken);
            var open = () => LabelStatisticsFile.Open(_folder["statistics"]);
            open.Should().Throw<EmException>().Which.Fault.Should().Be(Fault.Corrupt);
        }
    }

    [Fact]
    public async Task Labels_with_fractions_are_refused()
    {
        var act = () => WriteAsync(Make(NdIndex.Filled(3, 4), VoxelType.Float32, 1), "statistics", 1);
        (await act.Should().ThrowAsync<EmException>()).Which.Fault.Should().Be(Fault.Unsupported);
    }

    private Task WriteAsync(MemoryVolume label, string name, int threads) => LabelStatistics.WriteAsync(
        label, NdIndex.Filled(3, 8), Instances, Grid(label.Info.Shape, [16, 16, 16], [4, 0, 30]), Grid(NdIndex.Filled(3, 100), [8, 8, 8], [0, 0, 0]), NdIndex.Filled(3, 12), _folder[name], threads);

    /// <summary>Runs of few values, some of them beyond 2⁵³.</summary>
    private static MemoryVolume Make(NdIndex shape, VoxelType type, int seed)
    {
        ulong[] values = [0, 1, 2, 3, 4, ulong.MaxValue, ulong.MaxValue - 1, (1UL << 53) + 1, 1UL << 53];
        var (random, size, value, left) = (new Random(seed), type.Size(), 0UL, 0);
        var voxels = new byte[shape.Volume * size];
        for (var at = 0; at < voxels.Length; at += size)
        {
            if (left-- == 0)
                (value, left) = (values[random.Next(values.Length)], random.Next(30));
            BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(voxels.AsSpan(at));
        }

        return new MemoryVolume(shape, type, NdIndex.Filled(3, 8), voxels);
    }

    private static NdIndex Index(int[] numbers) => new(numbers[0], numbers[1], numbers[2]);

    private static VoxelGrid Grid(NdIndex shape, double[] size, double[] centre) => VoxelGrid.Of(shape, new VoxelSize(size[0], size[1], size[2]), (centre[0], centre[1], centre[2]));
}
