using CsCheck;
using EmPipeline.Volumes.Kernels;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Volumes.Sections;

namespace EmPipeline.Volumes.Tests.Rechunk;

/// <summary>The engine over volumes, grids and machines of any kind, against plain loops.</summary>
public sealed class RechunkEngineTests
{
    private static readonly Gen<VoxelType> Types = OneOf(Enum.GetValues<VoxelType>());

    private static readonly Gen<NdIndex> Shapes = Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 100], (z, y, x) => new NdIndex(z, y, x));

    private static readonly Gen<NdIndex> Counts = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 3], (z, y, x) => new NdIndex(z, y, x));

    private static readonly Gen<NdIndex> Grains = Gen.OneOf(
        Gen.Select(Gen.Int[1, 17], Gen.Int[1, 17], Gen.Int[1, 70], (z, y, x) => new NdIndex(z, y, x)),
        OneOf(new NdIndex(1, 1, 60), new NdIndex(1, 1, 1), new NdIndex(1, 60, 60), NdIndex.Filled(3, 8), NdIndex.Filled(3, 16), new NdIndex(1, 4, 60)));

    private static readonly Gen<VoxelSize> Voxels = Gen.OneOf(
        Gen.Const(VoxelSize.Unknown),
        Gen.Select(Gen.Double[1, 100], Gen.Double[1, 100], Gen.Double[1, 100], (z, y, x) => new VoxelSize(z, y, x)));

    private static readonly Gen<Case> Cases =
        from type in Types
        from shape in Shapes
        from origin in Shapes
        from extent in Shapes
        from chunk in OneOf(NdIndex.Filled(3, 4), new NdIndex(2, 4, 8), new NdIndex(8, 8, 8), new NdIndex(1, 6, 6), new NdIndex(2, 4, 16), new NdIndex(2, 4, 32))
        from blockCount in Counts
        from shardCount in Counts
        from grain in Grains
        from advice in Grains
        from levels in Gen.OneOf(Gen.Const(0), Gen.Int[1, 5])
        from voxel in Voxels
        from machine in Gen.Select(Gen.Int[1, 4], OneOf(400L, 4_000, 40_000), OneOf(8L << 20, 64L << 20), OneOf(DownsampleMethod.Mean, DownsampleMethod.Mode), Gen.Int)
        select new Case(
            type, shape, Region(shape, origin, extent), chunk, Even(chunk * blockCount), shardCount, NdIndex.Min(grain, shape), NdIndex.Min(advice, shape), levels, voxel,
            machine.Item1, machine.Item2, machine.Item3, machine.Item4, machine.Item5);

    [Fact]
    public async Task Any_volume_cut_in_any_way_holds_the_voxels_and_statistics_that_plain_loops_make() =>
        await Cases.SampleAsync(
            async @case =>
            {
                var sink = await RunAsync(@case, Source(@case));
                Check(@case, sink.Shards);
            },
            iter: 300, threads: 1);

    [Fact]
    public async Task Whatever_an_earlier_run_finished_is_kept_and_the_rest_made() =>
        await Gen.Select(Cases, Gen.Int[0, 100], Gen.Int).SampleAsync(
            async (@case, share, seed) =>
            {
                var whole = await RunAsync(@case, Source(@case));
                var random = new Random(seed);
                var kept = whole.Shards.Where(_ => random.Next(100) < share).ToDictionary(pair => (pair.Key.Level, pair.Key.Position), pair => pair.Value);
                var source = Source(@case);
                var sink = await RunAsync(@case, source, kept);
                sink.Shards.Keys.Intersect(kept.Keys).Should().BeEmpty();
                if (kept.Count == whole.Shards.Count)
                    source.BytesRead.Should().Be(0);
                foreach (var (key, shard) in kept)
                    sink.Shards[key] = shard;
                Check(@case, sink.Shards);
            },
            iter: 200, threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(23)]
    public async Task A_sink_that_fails_ends_the_run_with_its_error(int failAt)
    {
        var @case = new Case(
            VoxelType.UInt8, NdIndex.Filled(3, 60), Box.Whole(NdIndex.Filled(3, 60)), NdIndex.Filled(3, 4), NdIndex.Filled(3, 8), NdIndex.Filled(3, 2),
            NdIndex.Filled(3, 4), NdIndex.Filled(3, 4), 0, VoxelSize.Unknown, 3, 400, 8 << 20, DownsampleMethod.Mean, 1);
        var recorded = 0;
        var error = await Assert.ThrowsAsync<EmException>(() => RunAsync(
            @case, Source(@case), null, record =>
            {
                if (Interlocked.Increment(ref recorded) == failAt)
                    throw new EmException(Fault.Machine, "the disk is full");
            }));
        error.Message.Should().Be("the disk is full");
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static async Task<MemorySink> RunAsync(
        Case @case, MemoryVolume source, IReadOnlyDictionary<(int, NdIndex), MemorySink.Shard>? earlier = null, Action<ShardRecord>? onRecord = null)
    {
        var levels = @case.Grids();
        var size = @case.Type.Size();
        var plan = RechunkPlan.For(levels, source.Info, @case.Region, @case.Memory, @case.Threads);
        var sink = new MemorySink(levels, size, earlier) { OnRecord = onRecord };
        var sections = SectionGrid.For(levels[0], @case.Type) is { } grid ? new MemorySections(grid) : null;
        var engine = new RechunkEngine(source, levels, plan, @case.Method, new byte[size], sink, @case.Threads, sections: sections);
        var result = await engine.RunAsync(TestContext.Current.CancellationToken);
        (result.ShardsWritten + result.ShardsReused + result.EmptyShards).Should().BeGreaterThanOrEqualTo(levels.Sum(level => (int)level.Grid.Volume));
        result.ShardsReused.Should().Be(earlier?.Count ?? 0);
        if (earlier is null && plan.Streams)
            source.BytesRead.Should().Be(@case.Region.Volume * size);
        CheckSections(@case, sections);
        return sink;
    }

    /// <summary>What is said of sections follows from the voxels, however they came.</summary>
    private static void CheckSections(Case @case, MemorySections? sections)
    {
        if (sections is null)
            return;
        var size = @case.Type.Size();
        var region = new byte[@case.Region.Volume * size];
        StridedCopy.Copy(Source(@case).Voxels, Box.Whole(@case.Shape), region, @case.Region, size);
        var expected = MemorySections.Of(sections.Grid, region);
        foreach (var (part, records) in sections.Parts)
            records.AsSpan().SequenceEqual(expected.Parts[part]).Should().BeTrue("part {0} is known", part);
    }

    private static void Check(Case @case, IReadOnlyDictionary<(int, NdIndex), MemorySink.Shard> shards)
    {
        var levels = @case.Grids();
        var size = @case.Type.Size();
        var expected = new byte[@case.Region.Volume * size];
        StridedCopy.Copy(Source(@case).Voxels, Box.Whole(@case.Shape), expected, @case.Region, size);
        foreach (var level in levels)
        {
            if (level.Level > 0)
                (expected, _) = ReferencePyramid.Halve(expected, levels[level.Level - 1].Shape, @case.Type, @case.Method, level.Factor);
            var got = new byte[expected.Length];
            MemorySink.Read(level, size, shards, Box.Whole(level.Shape), got);
            got.AsSpan().SequenceEqual(expected).Should().BeTrue("level {0} is known", level.Level);
            foreach (var position in Box.Whole(level.Grid).CellsTouched(NdIndex.Filled(3, 1)))
            {
                var record = shards[(level.Level, position)].Record!;
                (record.Level, record.Position).Should().Be((level.Level, position));
                var blocks = level.Valid(position).CellsTouched(level.Block).ToArray();
                record.Blocks.Should().HaveSameCount(blocks);
                foreach (var (block, cell) in record.Blocks.Zip(blocks))
                    ReferenceBlock.Check(block, level, new Box(cell * level.Block, level.Block).Intersect(Box.Whole(level.Shape)), expected, @case.Type);
                var isEmpty = record.Blocks.All(block => block.FillShare == 1);
                record.State.Should().Be(isEmpty ? ShardState.Empty : ShardState.Written);
            }
        }
    }

    /// <summary>Noise with zeros, a part of one value, and for floats what is no number.</summary>
    private static MemoryVolume Source(Case @case)
    {
        var volume = MemoryVolume.Make(@case.Shape, @case.Type, @case.Grain, seed: @case.Seed, advice: @case.Advice);
        var half = NdIndex.CeilingDivide(@case.Shape, NdIndex.Filled(3, 2));
        volume.Cleared(new Box(NdIndex.Filled(3, 0), half));
        if (@case.Type.IsFloat() && @case.Seed % 2 == 0)
        {
            var random = new Random(@case.Seed);
            for (var i = 0; i < 40; i++)
                ReferenceBlock.SetNotFinite(volume.Voxels, random.Next((int)@case.Shape.Volume), @case.Type, random.Next(3));
        }

        return volume;
    }

    private static Box Region(NdIndex shape, NdIndex origin, NdIndex extent)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            origin[axis] %= shape[axis];
            // Mostly the whole axis.
            origin[axis] = origin[axis] % 3 == 0 ? origin[axis] : 0;
            extent[axis] = extent[axis] % 2 == 0 ? shape[axis] : extent[axis];
        }

        return new Box(origin, extent).Intersect(Box.Whole(shape));
    }

    private static NdIndex Even(NdIndex block)
    {
        for (var axis = 0; axis < 3; axis++)
            block[axis] *= block[axis] % 2 == 0 ? 1 : 2;
        return block;
    }

    private sealed record Case(
        VoxelType Type, NdIndex Shape, Box Region, NdIndex Chunk, NdIndex Block, NdIndex BlocksPerShard, NdIndex Grain, NdIndex Advice, int Levels, VoxelSize Voxel,
        int Threads, long PartBytes, long Memory, DownsampleMethod Method, int Seed)
    {
        public IReadOnlyList<LevelGrid> Grids()
        {
            var shard = Block * BlocksPerShard;
            return LevelGrid.Pyramid(Region.Shape, shard, LevelGrid.PartFor(shard, Block, Type.Size(), PartBytes), Block, Chunk, Levels == 0 ? null : Levels, Voxel);
        }
    }
}
