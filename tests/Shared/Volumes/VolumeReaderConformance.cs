using EmPipeline.Volumes;

namespace EmPipeline.Tests;

/// <summary>What every reader promises, whatever its format. A format's tests inherit this once for each layout they hold.</summary>
public abstract class VolumeReaderConformance
{
    /// <summary>Opens the volume under test.</summary>
    /// <returns>The reader and its voxels as known from elsewhere: whole, C order, little-endian.</returns>
    protected abstract Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync();

    [Fact]
    public async Task Whole_volume_equals_the_expected_voxels()
    {
        var (reader, expected) = await OpenAsync();
        await using var _ = reader;
        (await ReadAsync(reader, Box.Whole(reader.Info.Shape))).AsSpan().SequenceEqual(expected).Should().BeTrue();
    }

    [Fact]
    public async Task Random_boxes_single_voxels_and_edges_equal_the_same_part_of_the_whole()
    {
        var (reader, expected) = await OpenAsync();
        await using var _ = reader;
        foreach (var box in Boxes(reader.Info.Shape, seed: 1))
            await ShouldEqualPartOfAsync(reader, box, expected);
    }

    [Fact]
    public async Task Concurrent_reads_agree()
    {
        var (reader, expected) = await OpenAsync();
        await using var _ = reader;
        await Parallel.ForEachAsync(Boxes(reader.Info.Shape, seed: 2), new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (box, _) => await ShouldEqualPartOfAsync(reader, box, expected));
    }

    [Fact]
    public async Task A_box_outside_the_volume_or_a_buffer_of_another_size_is_refused()
    {
        var (reader, _) = await OpenAsync();
        await using var __ = reader;
        var shape = reader.Info.Shape;
        var outside = new Box(shape, NdIndex.Filled(shape.Rank, 1));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => ReadAsync(reader, outside));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => reader.ReadAsync(Box.Whole(shape), new byte[1 + reader.Info.DecodedBytes]).AsTask());
    }

    [Fact]
    public async Task A_cancelled_read_stops()
    {
        var (reader, _) = await OpenAsync();
        await using var __ = reader;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => reader.ReadAsync(Box.Whole(reader.Info.Shape), new byte[reader.Info.DecodedBytes], new CancellationToken(canceled: true)).AsTask());
    }

    [Fact]
    public async Task Info_is_consistent()
    {
        var (reader, expected) = await OpenAsync();
        await using var _ = reader;
        var info = reader.Info;
        info.Axes.Length.Should().Be(info.Shape.Rank);
        info.Grain.Rank.Should().Be(info.Shape.Rank);
        info.Advice.Rank.Should().Be(info.Shape.Rank);
        for (var axis = 0; axis < info.Shape.Rank; axis++)
            (info.Advice[axis] % info.Grain[axis] == 0 || info.Advice[axis] == info.Shape[axis]).Should().BeTrue("whole grains are asked for: {0} of {1}", info.Advice, info.Grain);
        info.DecodedBytes.Should().Be(expected.Length);
        (info.VoxelSizeOrigin is null).Should().Be(info.VoxelSize == VoxelSize.Unknown);
    }

    private static IEnumerable<Box> Boxes(NdIndex shape, int seed)
    {
        var random = new Random(seed);
        var one = NdIndex.Filled(shape.Rank, 1);
        yield return new Box(NdIndex.Filled(shape.Rank, 0), one);
        yield return new Box(shape - one, one);
        for (var i = 0; i < 24; i++)
        {
            var (origin, size) = (shape, shape);
            for (var axis = 0; axis < shape.Rank; axis++)
            {
                origin[axis] = random.NextInt64(shape[axis]);
                // Every third box reaches the far edge.
                var room = shape[axis] - origin[axis];
                size[axis] = i % 3 == 0 ? room : 1 + random.NextInt64(room);
            }

            yield return new Box(origin, size);
        }
    }

    private static async Task ShouldEqualPartOfAsync(IVolumeReader reader, Box box, byte[] whole)
    {
        var expected = new byte[box.Volume * reader.Info.Type.Size()];
        StridedCopy.Copy(whole, Box.Whole(reader.Info.Shape), expected, box, reader.Info.Type.Size());
        (await ReadAsync(reader, box)).AsSpan().SequenceEqual(expected).Should().BeTrue("the voxels of {0} are known", box);
    }

    private static async Task<byte[]> ReadAsync(IVolumeReader reader, Box box)
    {
        var buffer = new byte[box.Volume * reader.Info.Type.Size()];
        await reader.ReadAsync(box, buffer);
        return buffer;
    }
}
