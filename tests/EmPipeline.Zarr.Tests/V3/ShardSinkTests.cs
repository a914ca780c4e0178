using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Zarr.Tests.V3;

public sealed class ShardSinkTests
{
    private static readonly NdIndex Cube = NdIndex.Filled(3, 32);

    [Fact]
    public async Task A_commit_that_fails_is_told_to_whoever_records_next_and_whoever_waits()
    {
        using var folder = new TemporaryFolder();
        var levels = LevelGrid.Pyramid(Cube * NdIndex.Filled(3, 100), VoxelType.UInt8, Cube, Cube, Cube, 1);
        var table = ShardTable.Create(folder["shards"], "key", "raw", levels);
        // Nothing can be listed any more.
        table.Dispose();
        using var sink = new ShardSink(new ShardFolder(folder["v.zarr"]), table, new ShardStates(levels), ShardCodec.Raw, levels, 1, [], 1 << 20, atOnce: false);

        // Far more than may wait, from several workers.
        async Task Record()
        {
            for (var i = 0; i < 2000; i++)
                await sink.RecordAsync(new ShardRecord(0, new NdIndex(0, 0, i % 100), ShardState.Empty, 0, 0, []), CancellationToken.None);
        }

        var workers = Enumerable.Range(0, 3).Select(_ => Task.Run(Record)).ToArray();
        foreach (var worker in workers)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => worker.WaitAsync(TimeSpan.FromMinutes(1)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => sink.CompleteAsync().WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_disk_that_fills_up_ends_the_run_with_its_cause_and_finished_shards_are_kept()
    {
        using var folder = new TemporaryFolder();
        using var disk = TinyDisk.Mount(folder["state"], "64k");
        Assert.SkipWhen(disk is null, "needs the right to mount a file system");
        var source = MemoryVolume.Make(new NdIndex(64, 512, 512), VoxelType.UInt8, new NdIndex(1, 1, 512));
        var options = ZarrRechunkTests.Options() with { Shard = NdIndex.Filled(3, 16), Block = NdIndex.Filled(3, 16) };
        var error = await Assert.ThrowsAsync<EmException>(() => ZarrRechunkTests.RunAsync(source, folder, options).WaitAsync(TimeSpan.FromMinutes(1)));
        error.Fault.Should().Be(Fault.Machine);
        error.Message.Should().Contain("space");

        disk.Grow("8m");
        var result = await ZarrRechunkTests.RunAsync(source, folder, options);
        result.ShardsReused.Should().BeGreaterThan(0);
    }

    /// <summary>A small file system in memory.</summary>
    private sealed class TinyDisk(string path) : IDisposable
    {
        public static TinyDisk? Mount(string path, string size)
        {
            Directory.CreateDirectory(path);
            return OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path) ? new TinyDisk(path) : null;
        }

        public void Grow(string size) => Run("mount", "-o", $"remount,size={size}", path).Should().BeTrue();

        public void Dispose() => Run("umount", path);

        private static bool Run(string program, params string[] arguments)
        {
            try
            {
                var start = new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true };
                using var process = System.Diagnostics.Process.Start(start)!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
