using EmPipeline.Volumes;

namespace EmPipeline.Stages.Tests.Download;

/// <summary>A file used in place that is replaced by another of the same length and time: its content decides.</summary>
public sealed class ReplacedSourceTests : IDisposable
{
    private const string Config = "  mine: { source: { file: volume.tif }, shard: [16, 16, 16], chunk: [8, 8, 8] }\n";
    private static readonly NdIndex Shape = new(32, 40, 48);
    private static readonly DateTime Time = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task New_content_makes_every_shard_anew()
    {
        var run = new StageRun(_folder);
        Replace(0);
        await run.RunAsync(Config);
        Replace(1);
        await run.RunAsync(Config, Stage.Verify, Stage.ExtractMetadata, Stage.Rechunk);
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Make(Shape, 1));
    }

    [Fact]
    public async Task A_chunk_that_moved_to_another_place_moves_its_voxels()
    {
        var (shape, chunk) = (new NdIndex(16, 8, 8), NdIndex.Filled(3, 8));
        TestVolumes.WriteZarrV2(_folder["a.zarr"], TestVolumes.Make(shape), shape, chunk);
        // Half of the volume is absent, before and after.
        var (first, second) = (_folder["a.zarr/em/s0/0/0/0"], _folder["a.zarr/em/s0/1/0/0"]);
        File.Delete(second);
        const string config = "  mine: { source: { file: a.zarr }, shard: [8, 8, 8], chunk: [8, 8, 8] }\n";
        var run = new StageRun(_folder);
        await run.RunAsync(config);
        Directory.CreateDirectory(Path.GetDirectoryName(second)!);
        File.Move(first, second);
        await run.RunAsync(config);
        (await run.WrittenAsync("mine")).Voxels.Should().Equal([.. new byte[chunk.Volume], .. TestVolumes.Make(shape)[..(int)chunk.Volume]]);
    }

    [Fact]
    public async Task A_run_that_was_stopped_in_the_middle_does_not_mix_two_versions()
    {
        Replace(0);
        using var stop = new CancellationTokenSource();
        // Some shards are on the disk by then, others are not begun.
        var run = new StageRun(_folder) { Progress = new At(Shape.Volume / 2, stop.Cancel) };
        await run.RunAsync(Config, Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        var stopped = async () => await run.RunAsync(Config, stop.Token, Stage.Rechunk);
        await stopped.Should().ThrowAsync<OperationCanceledException>();
        Directory.EnumerateFiles(run.Data.Zarr("mine"), "*", SearchOption.AllDirectories).Should().NotBeEmpty();

        Replace(1);
        run = new StageRun(_folder);
        await run.RunAsync(Config, Stage.Verify, Stage.ExtractMetadata, Stage.Rechunk);
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Make(Shape, 1));
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_read_leaves_nothing_that_is_believed_later()
    {
        Replace(0);
        var replaced = 0;
        var run = new StageRun(_folder)
        {
            Progress = new At(Shape.Volume / 2, () =>
            {
                if (Interlocked.Exchange(ref replaced, 1) == 0)
                    Replace(1, Time.AddHours(1));
            }),
        };
        await run.RunAsync(Config, Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        var rechunk = async () => await run.RunAsync(Config, Stage.Rechunk);
        (await rechunk.Should().ThrowAsync<EmException>()).WithMessage("*written to meanwhile*").Which.Fault.Should().Be(Fault.Source);

        // The first content again: what was made of both must not be taken for it.
        Replace(0);
        run = new StageRun(_folder);
        await run.RunAsync(Config);
        (await run.WrittenAsync("mine")).Voxels.Should().Equal(TestVolumes.Make(Shape));
    }

    [Fact]
    public async Task A_file_that_is_replaced_after_Verify_is_not_read()
    {
        Replace(0);
        var run = new StageRun(_folder);
        await run.RunAsync(Config, Stage.Download, Stage.Verify, Stage.ExtractMetadata);
        Replace(1, Time.AddHours(1));
        var rechunk = async () => await run.RunAsync(Config, Stage.Rechunk);
        (await rechunk.Should().ThrowAsync<EmException>()).WithMessage("*Run again*");
        Directory.Exists(run.Data.Zarr("mine")).Should().BeFalse();
    }

    private void Replace(int version) => Replace(version, Time);

    private void Replace(int version, DateTime time)
    {
        // In place, so that whoever has the file open sees it change.
        using (var file = new FileStream(_folder["volume.tif"], FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            file.Write(TestVolumes.Tiff(TestVolumes.Make(Shape, version), Shape));
        File.SetLastWriteTimeUtc(_folder["volume.tif"], time);
    }

    /// <summary>Does something as long as this many bytes of the volume are done.</summary>
    private sealed class At(long bytes, Action act) : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
            if (value.Done >= bytes && value.Total == Shape.Volume)
                act();
        }
    }
}
