using EmPipeline.Formats;
using EmPipeline.Formats.Zarr;
using EmPipeline.Storage;
using EmPipeline.Volumes;

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
        report.Heading($"Read: {Volume.Edge}³ uint8 of FIB-25, shards {Volume.Shard}³, inner chunks {Volume.Chunk}³, page cache warm");
        var zstd = await MeasureAsync(settings, raw, ShardCodec.Zstd());
        var plain = await MeasureAsync(settings, raw, ShardCodec.Raw);
        Row("read all, zstd 1", zstd.All, zstd.BareAll, "MB/s", 0.90);
        Row("read all, raw", plain.All, plain.BareAll, "MB/s", 0.60);
        Row("random unaligned 128³, zstd 1", zstd.Random, zstd.BareRandom, "blocks/s", 0.85);
        var peer = await Peers.ZarrAsync(settings, raw, "zstd");
        WriteBenchmark.PeerRow(report, "random unaligned 128³, zstd 1, blocks/s against", zstd.Random, peer?.Random, peer, Settings.ZarrPythonRandom, 20);
        var memmap = await Peers.MemmapAsync(settings, raw);
        var compared = memmap ?? Settings.MemmapRandom;
        report.Row(
            $"random unaligned 128³, raw, blocks/s against numpy.memmap{(memmap is null ? " as recorded in DESIGN §8 (absent here)" : "")}",
            $"{plain.Random:f0} / {compared:f0} = {plain.Random / compared:f1}×", "≥ 4×", plain.Random / compared >= 4);
        report.Note($"| (allocated a block after warm-up) | {zstd.Allocated:f0} bytes zstd, {plain.Allocated:f0} bytes raw | | |");

        void Row(string name, double got, double bare, string unit, double bar) => report.Row(
            name, $"{got:f0} of {bare:f0} {unit} = {Report.Percent(got / bare)}", $"≥ {Report.Percent(bar)} of the bare loop", got / bare >= bar);
    }

    private static async Task<(double All, double BareAll, double Random, double BareRandom, double Allocated)> MeasureAsync(
        Settings settings, string raw, ShardCodec codec)
    {
        var folder = Path.Combine(settings.Scratch, "read");
        Volume.Fresh(folder);
        await Volume.RechunkAsync(raw, folder, codec, 1);
        await using var store = new LocalStore(Path.Combine(folder, "v.zarr"));
        await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "")))[0];
        var shape = NdIndex.Filled(3, Volume.Shard);
        var grid = Box.Whole(reader.Info.Shape).CellsTouched(shape).ToArray();
        var shards = grid.Select(position => ShardFile.Open(Path.Combine(folder, $"v.zarr/s0/c/{position[0]}/{position[1]}/{position[2]}"), ChunksPerShard)).ToArray();
        var origins = Volume.RandomOrigins(RandomBoxes);
        var touched = origins.Select(origin => ShardFile.Touched(shards, origin, Volume.Edge, Volume.Shard, Volume.Chunk)).ToArray();
        var boxes = origins.Select(origin => new Box(new NdIndex(origin.Z, origin.Y, origin.X), shape)).ToArray();
        var time = await Timing.BestAsync(
            settings.Rounds, () => { },
            () => BareLoops.ReadAllAsync(shards, ChunkBytes, codec.IsZstd, Settings.Threads),
            () => ReadAsync(reader, [.. grid.Select(position => new Box(position * shape, shape))]),
            () => BareLoops.ReadTouchedAsync(touched, ChunkBytes, codec.IsZstd, Settings.Threads),
            () => ReadAsync(reader, boxes));
        var allocated = Allocated(reader, boxes) / boxes.Length;
        foreach (var shard in shards)
            shard.File.Dispose();
        return (Volume.Megabytes / time[1], Volume.Megabytes / time[0], boxes.Length / time[3], boxes.Length / time[2], allocated);
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

    private static Task ReadAsync(IVolumeReader reader, Box[] boxes) => Timing.ParallelAsync(Settings.Threads, boxes.Length, _ =>
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
