using EmPipeline.Volumes;
using EmPipeline.Volumes.Kernels;

namespace EmPipeline.Zarr.Tests;

/// <summary>Runs that end early, and what the next run makes of what they left.</summary>
public sealed class KillTests
{
    private static readonly NdIndex Shape = new(150, 100, 130);

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(40)]
    [InlineData(77)]
    [InlineData(98)]
    public async Task A_run_that_fails_anywhere_is_continued_to_the_same_bytes_and_no_finished_shard_is_touched(int failAt)
    {
        using var whole = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(Source(), whole, Options());
        var expected = ZarrRechunkTests.Snapshot(whole["v.zarr"]);

        using var folder = new TemporaryFolder();
        var failing = Source(read => Fail(read == failAt));
        var error = await Assert.ThrowsAsync<EmException>(() => ZarrRechunkTests.RunAsync(failing, folder, Options()));
        error.Message.Should().Be("the source went away");
        File.Exists(folder["v.zarr/zarr.json"]).Should().BeFalse("a volume that is not whole must not open");
        var finished = Shards(folder);

        var again = Source();
        var result = await ZarrRechunkTests.RunAsync(again, folder, Options());
        ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(expected);
        result.ShardsReused.Should().Be(finished.Count);
        var now = Shards(folder);
        finished.All(shard => now[shard.Key] == shard.Value).Should().BeTrue("a finished shard is never written again");
        (result.ShardsWritten + result.ShardsReused).Should().Be(result.Shards.Count());
        if (finished.Count > 0)
            again.BytesRead.Should().BeLessThan(Shape.Volume);
    }

    [Fact]
    public async Task A_second_run_reads_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        var first = await ZarrRechunkTests.RunAsync(Source(), folder, Options());
        var before = ZarrRechunkTests.Snapshot(folder["v.zarr"]);
        var again = Source();
        var second = await ZarrRechunkTests.RunAsync(again, folder, Options());
        again.BytesRead.Should().Be(0);
        (second.BytesWritten, second.ShardsWritten).Should().Be((0, 0));
        second.Shards.Should().BeEquivalentTo(first.Shards, options => options.WithStrictOrdering());
        ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(before);
    }

    [Fact]
    public async Task Shards_that_were_flushed_but_not_renamed_are_renamed()
    {
        using var folder = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(Source(), folder, Options());
        var expected = ZarrRechunkTests.Snapshot(folder["v.zarr"]);
        foreach (var shard in Shards(folder).Keys.Where((_, i) => i % 3 == 0))
            File.Move(shard, shard + ".partial");
        var again = Source();
        await ZarrRechunkTests.RunAsync(again, folder, Options());
        again.BytesRead.Should().Be(0);
        ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(expected);
    }

    [Fact]
    public async Task A_run_that_was_killed_before_there_was_a_table_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(Source(), folder, Options());
        var expected = ZarrRechunkTests.Snapshot(folder["v.zarr"]);
        using var other = new TemporaryFolder();
        Directory.CreateDirectory(other["v.zarr"]);
        File.WriteAllText(other["v.zarr/..empipeline.c6d61597ea50417fb4feaa07f4c24161.tmp"], "EmPipeline is mak");
        await ZarrRechunkTests.RunAsync(Source(), other, Options());
        ZarrRechunkTests.Snapshot(other["v.zarr"]).Should().Equal(expected);
    }

    [Fact]
    public async Task Lost_shards_are_made_again_and_leftovers_and_foreign_files_go()
    {
        using var folder = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(Source(), folder, Options());
        var expected = ZarrRechunkTests.Snapshot(folder["v.zarr"]);
        // A lost finest shard, a lost coarser one, one cut short, a torn leftover, and somebody's note.
        File.Delete(folder["v.zarr/s0/c/1/1/1"]);
        File.Delete(folder["v.zarr/s1/c/0/0/0"]);
        File.WriteAllBytes(folder["v.zarr/s0/c/4/3/4"], [1, 2, 3]);
        File.WriteAllBytes(folder["v.zarr/s0/c/0/0/3.partial"], [1, 2, 3]);
        File.WriteAllText(folder["v.zarr/s0/c/note.txt"], "keep out");
        var again = Source();
        var result = await ZarrRechunkTests.RunAsync(again, folder, Options());
        ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(expected);
        result.ShardsWritten.Should().Be(3);
    }

    [Fact]
    public async Task A_damaged_shard_that_a_lost_coarser_one_is_made_from_is_named_with_the_way_out()
    {
        using var folder = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(Source(), folder, Options());
        File.Delete(folder["v.zarr/s1/c/0/0/0"]);
        var bytes = File.ReadAllBytes(folder["v.zarr/s0/c/0/0/0"]);
        bytes[0] ^= 1;
        File.WriteAllBytes(folder["v.zarr/s0/c/0/0/0"], bytes);
        var again = async () => await ZarrRechunkTests.RunAsync(Source(), folder, Options());
        var error = (await again.Should().ThrowAsync<EmException>()).Which;
        error.Fault.Should().Be(Fault.Corrupt);
        error.Message.Should().Contain("s0/c/0/0/0").And.Contain("Verify sets what is damaged aside");
    }

    [Fact]
    public async Task A_table_cut_anywhere_is_believed_as_far_as_it_is_whole()
    {
        using var folder = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(Source(), folder, Options());
        var expected = ZarrRechunkTests.Snapshot(folder["v.zarr"]);
        var table = File.ReadAllBytes(folder["state/shards"]);
        foreach (var share in new[] { 0.0, 0.001, 0.2, 0.5, 0.99 })
        {
            File.WriteAllBytes(folder["state/shards"], table[..(int)(table.Length * share)]);
            await ZarrRechunkTests.RunAsync(Source(), folder, Options());
            ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(expected);
        }
    }

    [Fact]
    public async Task Other_options_or_another_source_make_a_clean_new_volume()
    {
        using var folder = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(Source(), folder, Options());
        var other = Options() with { Codec = ShardCodec.Raw, Chunk = NdIndex.Filled(3, 16), Levels = 2 };
        using var fresh = new TemporaryFolder();
        await ZarrRechunkTests.RunAsync(Source(), fresh, other);
        await ZarrRechunkTests.RunAsync(Source(), folder, other);
        ZarrRechunkTests.Snapshot(folder["v.zarr"]).Should().Equal(ZarrRechunkTests.Snapshot(fresh["v.zarr"]));

        var changed = MemoryVolume.Make(Shape, VoxelType.UInt8, seed: 5);
        await ZarrRechunkTests.RunAsync(changed, folder, other with { SourceIdentity = "seed 5" });
        await ZarrRechunkTests.ShouldHoldAsync(folder["v.zarr"], changed, Box.Whole(Shape), DownsampleMethod.Mean);
    }

    [Fact]
    public async Task A_folder_with_other_things_in_it_is_left_alone()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["v.zarr"]);
        File.WriteAllText(folder["v.zarr/thesis.tex"], "precious");
        var error = await Assert.ThrowsAsync<EmException>(() => ZarrRechunkTests.RunAsync(Source(), folder, Options()));
        error.Fault.Should().Be(Fault.Configuration);
        error.Message.Should().Contain("thesis.tex");
        File.ReadAllText(folder["v.zarr/thesis.tex"]).Should().Be("precious");
    }

    private static RechunkOptions Options() => ZarrRechunkTests.Options();

    private static MemoryVolume Source(Action<int>? onRead = null) => MemoryVolume.Make(Shape, VoxelType.UInt8, NdIndex.Filled(3, 32), onRead);

    private static void Fail(bool now)
    {
        if (now)
            throw new EmException(Fault.Source, "the source went away");
    }

    /// <summary>Every shard under its final name with the time and place of its writing.</summary>
    private static Dictionary<string, DateTime> Shards(TemporaryFolder folder) =>
        Directory.EnumerateFiles(folder["v.zarr"], "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".json", StringComparison.Ordinal) && !path.EndsWith(".partial", StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith('.'))
            .ToDictionary(path => path, File.GetLastWriteTimeUtc);
}
