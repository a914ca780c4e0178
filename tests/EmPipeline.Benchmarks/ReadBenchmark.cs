using System.Diagnostics;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Benchmarks;

/// <summary>Reading what was written: all of it in shards, and 128³ boxes anywhere.</summary>
internal static class ReadBenchmark
{
    private const int RandomBoxes = 300;
    private const int ChunkBytes = Volume.Chunk * Volume.Chunk * Volume.Chunk;
    private const int ChunksPerShard = Volume.Shard / Volume.Chunk * (Volume.Shard / Volume.Chunk) * (Volume.Shard / Volume.Chunk);

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        var raw = content.RawFile(settings.Disk, Volume.Edge, Volume.Edge, Volume.Edge);
        var source = MrcFile.Write(settings.Disk, Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge)).Address;
        report.Heading($"Read: {Volume.Edge}³ uint8 of FIB-25, shards {Volume.Shard}³, inner chunks {Volume.Chunk}³, page cache warm");
        var zstd = await MeasureAsync(settings, source, raw, ShardCodec.Zstd());
        var plain = await MeasureAsync(settings, source, raw, ShardCodec.Raw);
        Row("read all, zstd 1", zstd, 1, Volume.Megabytes, "MB/s", 0.90);
        Row("read all, raw", plain, 1, Volume.Megabytes, "MB/s", 0.60);
        Row("random unaligned 128³, zstd 1", zstd, 3, RandomBoxes, "blocks/s", 0.85);
        Row("random unaligned 128³, raw, the same places again, against copying within memory", plain, 3, RandomBoxes, "blocks/s", 0.80);
        var peer = await Peers.ZarrAsync(settings, raw, "zstd");
        Peers.Row(report, "random unaligned 128³, zstd 1, blocks/s against", zstd.Random, peer?.Random, peer, Settings.ZarrPythonRandom, 20);
        await MemmapRowsAsync(settings, raw, plain, report);
        report.Row("allocated a block after warm-up, zstd 1 and raw", $"{zstd.Allocated:f0} and {plain.Allocated:f0} bytes", "0 bytes", zstd.Allocated + plain.Allocated < 1);

        void Row(string name, Figures figures, int run, double amount, string unit, double bar)
        {
            // The bare loop ran just before.
            var ratio = figures.Times.Ratio(run, run - 1);
            report.Row(
                name, $"{amount / figures.Times[run]:f0} of {amount / figures.Times[run - 1]:f0} {unit}; {Report.Percent(ratio)}", $"≥ {Report.Percent(bar)} of the bare loop", ratio >= bar);
        }
    }

    /// <summary>
    /// Against memmap where each block is at a place not touched before: the recorded figure is of that kind. Over the same places again, all
    /// of their pages mapped, memmap is one core copying within memory: there the bar is what all cores come to that do nothing but copy.
    /// </summary>
    private static async Task MemmapRowsAsync(Settings settings, string raw, Figures plain, Report report)
    {
        var memmap = await Peers.MemmapAsync(settings, raw);
        var compared = memmap?.First ?? Settings.MemmapRandom;
        var which = memmap is { } found ? $"numpy.memmap {found.Version}" : "numpy.memmap as once recorded (absent here)";
        report.Row(
            $"random unaligned 128³, raw, places not touched before, blocks/s against {which}",
            $"{plain.First:f0} / {compared:f0} = {plain.First / compared:f1}×", "≥ 2.5×", plain.First / compared >= 2.5);
        if (memmap is { } mapped)
            report.Note($"| (the same places again, all pages mapped, against numpy.memmap) | {plain.Random:f0} / {mapped.Again:f0} = {plain.Random / mapped.Again:f1}× | | |");
    }

    /// <summary>The bare loop of raw voxels: the boxes copied out of the cube in memory by all cores.</summary>
    private static Task CopyAsync(byte[] cube, Box[] boxes)
    {
        var whole = Box.Whole(NdIndex.Filled(3, Volume.Edge));
        return Timing.ParallelAsync(Settings.Threads, boxes.Length, _ =>
        {
            var buffer = new byte[boxes[0].Volume];
            return i => StridedCopy.Copy(cube, whole, buffer, boxes[i], 1);
        });
    }

    /// <summary>Blocks a second where each is at a place that the reader, newly opened, has not seen: the indexes of its shards included.</summary>
    private static async Task<double> FirstAsync(Settings settings, LocalStore store)
    {
        var best = 0.0;
        for (var pass = 0; pass < 2 * settings.Rounds; pass++)
        {
            await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "")))[0];
            var boxes = Volume.SpreadOrigins(pass).Select(origin => new Box(origin, NdIndex.Filled(3, 128))).ToArray();
            var watch = Stopwatch.StartNew();
            await ReadAsync(reader, boxes);
            best = Math.Max(best, boxes.Length / watch.Elapsed.TotalSeconds);
        }

        return best;
    }

    private sealed record Figures(Times Times, double First, double Allocated)
    {
        public double Random => RandomBoxes / Times[3];
    }


    private static async Task<Figures> MeasureAsync(Settings settings, string source, string raw, ShardCodec codec)
    {
        var folder = Path.Combine(settings.Scratch, "read");
        Volume.Fresh(folder);
        await Volume.RechunkAsync(source, folder, codec);
        await using var store = new LocalStore(Path.Combine(folder, "v.zarr"));
        await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "")))[0];
        var shape = NdIndex.Filled(3, Volume.Shard);
        var grid = Box.Whole(reader.Info.Shape).CellsTouched(shape).ToArray();
        var shards = grid.Select(position => ShardFile.Open(Path.Combine(folder, $"v.zarr/s0/c/{position[0]}/{position[1]}/{position[2]}"), ChunksPerShard)).ToArray();
        var origins = Volume.RandomOrigins(RandomBoxes);
        var touched = origins.Select(origin => ShardFile.Touched(shards, origin, Volume.Edge, Volume.Shard, Volume.Chunk)).ToArray();
        var boxes = origins.Select(origin => new Box(new NdIndex(origin.Z, origin.Y, origin.X), shape)).ToArray();
        var cube = codec.IsZstd ? [] : await File.ReadAllBytesAsync(raw);
        var time = await Timing.RunAsync(
            settings.Rounds, () => { },
            () => BareLoops.ReadAllAsync(shards, ChunkBytes, codec.IsZstd, Settings.Threads),
            () => ReadAsync(reader, [.. grid.Select(position => new Box(position * shape, shape))]),
            () => codec.IsZstd ? BareLoops.ReadTouchedAsync(touched, ChunkBytes, ZstdCodec.Default, Settings.Threads) : CopyAsync(cube, boxes),
            () => ReadAsync(reader, boxes));
        var allocated = Allocated(reader, boxes) / boxes.Length;
        foreach (var shard in shards)
            shard.File.Dispose();
        var first = await FirstAsync(settings, store);
        return new Figures(time, first, allocated);
    }

    /// <summary>What reading the boxes allocates on the thread that reads them, its buffers warm.</summary>
    private static double Allocated(IVolumeReader reader, Box[] boxes)
    {
        var buffer = new byte[boxes[0].Volume];
        Read(reader, boxes[0], buffer);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var box in boxes)
            Read(reader, box, buffer);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Reads boxes of one size on all cores.</summary>
    internal static Task ReadAsync(IVolumeReader reader, Box[] boxes) => Timing.ParallelAsync(Settings.Threads, boxes.Length, _ =>
    {
        var buffer = new byte[boxes[0].Volume];
        return i => Read(reader, boxes[i], buffer);
    });

    private static void Read(IVolumeReader reader, Box box, byte[] buffer)
    {
        // On a local folder every read completes at once.
        var read = reader.ReadAsync(box, buffer);
        if (!read.IsCompletedSuccessfully)
            read.AsTask().Wait();
    }
}
