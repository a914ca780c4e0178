using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Volumes.Sections;
using EmPipeline.Zarr.Portions;

namespace EmPipeline.Zarr.Tests.Portions;

/// <summary>A volume made by several runs, each a portion, is the volume that one run makes.</summary>
public sealed class PortionedRechunkTests
{
    private static readonly NdIndex Shape = new(150, 100, 130);

    public static TheoryData<int, int, int, int> Volumes() => new()
    {
        { 150, 100, 130, 64 << 10 },
        { 150, 100, 130, 300 << 10 },
        { 1, 90, 200, 40 << 10 },
        { 33, 64, 65, 1 },
        { 150, 100, 130, 1 << 30 },
    };

    [Theory]
    [MemberData(nameof(Volumes))]
    public async Task Portions_in_any_order_come_to_the_bytes_of_one_run(int z, int y, int x, int bytes)
    {
        var shape = new NdIndex(z, y, x);
        using var whole = new TemporaryFolder();
        var expected = await WholeAsync(whole, shape);

        using var folder = new TemporaryFolder();
        var plan = await BeginAsync(folder, Source(shape), bytes);
        plan.ToDo.Select(portion => portion.Number).Should().Equal(Enumerable.Range(0, plan.Count));
        foreach (var portion in plan.ToDo.OrderBy(portion => portion.Number * 7919 % 101))
        {
            await MakeAsync(folder, Source(shape), plan, portion.Number);
            PortionedRechunk.JournalLength(Options(folder), portion.Number).Should().Be(portion.JournalBytes, "progress is told from it");
        }

        await ShouldEndAsAsync(expected, folder, shape, plan);
    }

    [Theory]
    [InlineData(VoxelType.UInt16, 1, 100, 130)]
    [InlineData(VoxelType.UInt16, 24, 24, 24)]
    [InlineData(VoxelType.Float32, 1, 1, 130)]
    [InlineData(VoxelType.UInt64, 16, 16, 16)]
    public async Task Whatever_the_type_and_the_grain(VoxelType type, int z, int y, int x)
    {
        var source = MemoryVolume.Make(Shape, type, new NdIndex(z, y, x));
        using var whole = new TemporaryFolder();
        var result = await RunAsync(source, whole, Options(whole));
        using var folder = new TemporaryFolder();
        var plan = await BeginAsync(folder, source, 400 << 10);
        await Task.WhenAll(plan.ToDo.Select(portion => MakeAsync(folder, source, plan, portion.Number)));
        await ShouldEndAsAsync(new Made(ZarrRechunkTests.Snapshot(whole["v.zarr"]), File.ReadAllBytes(whole["state/shards"]), result.Sections), folder, source, plan);
    }

    [Fact]
    public async Task Large_shards_of_parts_are_portioned_too()
    {
        var options = ZarrRechunkTests.Options() with { Shard = NdIndex.Filled(3, 256), Block = NdIndex.Filled(3, 64), Chunk = NdIndex.Filled(3, 32), Codec = ShardCodec.Raw };
        var source = MemoryVolume.Make(new NdIndex(20, 300, 600), VoxelType.UInt8);
        using var whole = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(source, whole, options);
        using var folder = new TemporaryFolder();
        options = options with { PortionsFolder = folder["portions"] };
        var plan = await BeginAsync(folder, source, 1, options);
        plan.Count.Should().Be(6);
        foreach (var (number, _, _) in plan.ToDo)
            await MakeAsync(folder, source, plan, number, options);
        await RunAsync(source, folder, options);
        ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(ZarrRechunkTests.Snapshot(whole["v.zarr"]));
    }

    [Fact]
    public async Task A_portion_that_fails_anywhere_goes_on_where_it_was()
    {
        using var whole = new TemporaryFolder();
        var expected = await WholeAsync(whole, Shape);
        using var folder = new TemporaryFolder();
        var plan = await BeginAsync(folder, Source(Shape), 500 << 10);
        plan.Count.Should().BeGreaterThan(2);
        var failures = 0;
        foreach (var (number, _, _) in plan.ToDo)
        {
            for (var attempt = 1; !PortionedRechunk.IsDone(Options(folder), number); attempt++)
            {
                var finished = Shards(folder);
                var failAt = attempt < 3 ? 1 + (number % 4) : 0;
                try
                {
                    await MakeAsync(folder, Source(Shape, read => Fail(read == failAt)), plan, number);
                }
                catch (EmException e) when (e.Message == "the source went away")
                {
                    failures++;
                }

                var now = Shards(folder);
                finished.All(shard => now[shard.Key] == shard.Value).Should().BeTrue("a finished shard is never written again");
            }
        }

        failures.Should().BeGreaterThan(plan.Count / 2);
        await ShouldEndAsAsync(expected, folder, Shape, plan);
    }

    [Fact]
    public async Task What_portions_did_not_make_the_last_run_makes_and_nothing_else()
    {
        using var whole = new TemporaryFolder();
        var expected = await WholeAsync(whole, Shape);
        using var folder = new TemporaryFolder();
        var plan = await BeginAsync(folder, Source(Shape), 500 << 10);
        foreach (var (number, _, _) in plan.ToDo.Where(portion => portion.Number % 3 != 1))
            await MakeAsync(folder, Source(Shape), plan, number);
        var failing = () => MakeAsync(folder, Source(Shape, read => Fail(read == 2)), plan, 1);
        await failing.Should().ThrowAsync<EmException>();
        await ShouldEndAsAsync(expected, folder, Shape, plan);
    }

    [Fact]
    public async Task Portions_are_planned_anew_around_what_is_finished()
    {
        using var whole = new TemporaryFolder();
        var expected = await WholeAsync(whole, Shape);
        using var folder = new TemporaryFolder();
        var first = await BeginAsync(folder, Source(Shape), 500 << 10);
        foreach (var (number, _, _) in first.ToDo.Skip(1))
            await MakeAsync(folder, Source(Shape), first, number);
        var again = await BeginAsync(folder, Source(Shape), 500 << 10);
        again.ToDo.Should().Equal(first.ToDo[0]);
        var finer = await BeginAsync(folder, Source(Shape), 1);
        finer.ToDo.Count.Should().BeGreaterThan(1).And.BeLessThan(finer.Count);
        foreach (var (number, _, _) in finer.ToDo)
            await MakeAsync(folder, Source(Shape), finer, number);
        await ShouldEndAsAsync(expected, folder, Shape, finer);
    }

    [Fact]
    public async Task A_journal_cut_anywhere_is_believed_as_far_as_it_is_whole()
    {
        using var whole = new TemporaryFolder();
        var expected = await WholeAsync(whole, Shape);
        using var folder = new TemporaryFolder();
        var plan = await BeginAsync(folder, Source(Shape), 1 << 30);
        await MakeAsync(folder, Source(Shape), plan, 0);
        var path = Directory.GetFiles(folder["portions"]).Single();
        var journal = File.ReadAllBytes(path);
        foreach (var share in new[] { 0.0, 0.001, 0.3, 0.7, 0.9999 })
        {
            File.WriteAllBytes(path, journal[..(int)(journal.Length * share)]);
            PortionedRechunk.IsDone(Options(folder), 0).Should().BeFalse();
            await MakeAsync(folder, Source(Shape), plan, 0);
            PortionedRechunk.IsDone(Options(folder), 0).Should().BeTrue();
        }

        journal[journal.Length / 2] ^= 1;
        File.WriteAllBytes(path, journal);
        await RunAsync(Source(Shape), folder, Options(folder));
        ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(expected.Files);
        File.ReadAllBytes(folder["state/shards"]).Should().Equal(expected.Table);
    }

    [Fact]
    public async Task Shards_that_were_recorded_but_not_named_are_named()
    {
        using var whole = new TemporaryFolder();
        var expected = await WholeAsync(whole, Shape);
        using var folder = new TemporaryFolder();
        var plan = await BeginAsync(folder, Source(Shape), 1 << 30);
        await MakeAsync(folder, Source(Shape), plan, 0);
        var path = Directory.GetFiles(folder["portions"]).Single();
        // The last record says that all is done: a run that was killed has none.
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^20]);
        foreach (var shard in Shards(folder).Keys.Where((_, i) => i % 3 == 0))
            File.Move(shard, shard + ".partial");
        var source = Source(Shape);
        await MakeAsync(folder, source, plan, 0);
        source.BytesRead.Should().Be(0);
        await ShouldEndAsAsync(expected, folder, Shape, plan);
    }

    [Fact]
    public async Task A_run_waits_for_its_predecessor_that_lives_on_and_then_has_nothing_to_do()
    {
        using var folder = new TemporaryFolder();
        var plan = await BeginAsync(folder, Source(Shape), 1 << 30);
        using var goOn = new ManualResetEventSlim();
        var began = new TaskCompletionSource();
        var first = Task.Run(() => MakeAsync(
            folder, Source(Shape, _ =>
            {
                began.TrySetResult();
                goOn.Wait();
            }),
            plan, 0));
        await began.Task;
        var source = Source(Shape);
        var second = MakeAsync(folder, source, plan, 0);
        PortionedRechunk.IsDone(Options(folder), 0).Should().BeFalse();
        second.IsCompleted.Should().BeFalse();
        goOn.Set();
        await first;
        await second;
        source.BytesRead.Should().Be(0);
    }

    [Fact]
    public async Task A_portion_of_another_volume_is_refused()
    {
        using var folder = new TemporaryFolder();
        var plan = await BeginAsync(folder, Source(Shape), 500 << 10);
        var other = () => MakeAsync(folder, Source(Shape), plan, 0, Options(folder) with { SourceIdentity = "another" });
        (await other.Should().ThrowAsync<EmException>()).WithMessage("*got the table of another volume*");
    }

    private sealed record Made(SortedDictionary<string, string> Files, byte[] Table, IReadOnlyList<SectionRecord> Sections);

    private static async Task<Made> WholeAsync(TemporaryFolder folder, NdIndex shape)
    {
        var result = await RunAsync(Source(shape), folder, Options(folder));
        return new Made(ZarrRechunkTests.Snapshot(folder["v.zarr"]), File.ReadAllBytes(folder["state/shards"]), result.Sections);
    }

    private static Task ShouldEndAsAsync(Made expected, TemporaryFolder folder, NdIndex shape, PortionPlan plan) => ShouldEndAsAsync(expected, folder, Source(shape), plan);

    private static async Task ShouldEndAsAsync(Made expected, TemporaryFolder folder, MemoryVolume source, PortionPlan plan)
    {
        var made = Shards(folder);
        var before = source.BytesRead;
        var isWhole = plan.ToDo.All(portion => PortionedRechunk.IsDone(Options(folder), portion.Number));
        var result = await RunAsync(source, folder, Options(folder));
        if (isWhole)
            source.BytesRead.Should().Be(before, "all that comes from the source was made by portions");
        Shards(folder).Where(shard => made.ContainsKey(shard.Key)).Should().Equal(made, "a finished shard is never written again");
        ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(expected.Files);
        File.ReadAllBytes(folder["state/shards"]).Should().Equal(expected.Table);
        result.Sections.Should().BeEquivalentTo(expected.Sections, options => options.WithStrictOrdering());
        Directory.Exists(folder["portions"]).Should().BeFalse();
    }

    private static Task<PortionPlan> BeginAsync(TemporaryFolder folder, MemoryVolume source, long bytes, RechunkOptions? options = null) =>
        PortionedRechunk.BeginAsync(source, Box.Whole(source.Info.Shape), folder["v.zarr"], folder["state/shards"], options ?? Options(folder), bytes, 1000);

    private static Task MakeAsync(TemporaryFolder folder, MemoryVolume source, PortionPlan plan, int number, RechunkOptions? options = null) =>
        PortionedRechunk.RunAsync(source, Box.Whole(source.Info.Shape), folder["v.zarr"], folder["state/shards"], options ?? Options(folder), plan.Shape, number);

    private static Task<RechunkResult> RunAsync(MemoryVolume source, TemporaryFolder folder, RechunkOptions options) => ZarrRechunkTests.RunAsync(source, folder, options);

    private static RechunkOptions Options(TemporaryFolder folder) =>
        ZarrRechunkTests.Options() with { PortionsFolder = folder["portions"], SectionTablePath = folder["state/patches"], MemoryBytes = 16 << 20 };

    private static MemoryVolume Source(NdIndex shape, Action<int>? onRead = null) =>
        MemoryVolume.Make(shape, VoxelType.UInt8, NdIndex.Filled(3, 32), onRead).Cleared(new Box(NdIndex.Filled(3, 0), new NdIndex(32, 64, 64)));

    private static void Fail(bool now)
    {
        if (now)
            throw new EmException(Fault.Source, "the source went away");
    }

    private static SortedDictionary<string, DateTime> Shards(TemporaryFolder folder) => new(
        Directory.EnumerateFiles(folder["v.zarr"], "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".json", StringComparison.Ordinal) && !path.EndsWith(".partial", StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith('.'))
            .ToDictionary(path => path, File.GetLastWriteTimeUtc));
}
