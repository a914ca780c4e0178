using EmPipeline.Benchmarks.Containers;
using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.V3;

namespace EmPipeline.Benchmarks;

/// <summary>
/// The benchmark that zarrs publishes: 1024³ uint16, shards 256³, inner chunks 64³, zstd 0 (libzstd's default, level 3). Its bars are ratios
/// against zarr-python 3, so it takes an interpreter that has it; the seconds are given in any case. Beside each stands what libzstd alone
/// takes: no engine built on it can do better. "One by one" is the published row with eight requests at a time, whose ratio is the bar.
/// </summary>
internal static class ZarrsBenchmark
{
    private const int Edge = 1024, Shard = 256, Chunk = 64, Level = 3;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        var (source, raw) = (Path.Combine(settings.Scratch, "zarrs.mrc"), Path.Combine(settings.Scratch, "zarrs.raw"));
        Write(content, source, raw);
        var folder = Path.Combine(settings.Scratch, "zarrs");
        var rounds = Math.Min(2, settings.Rounds);
        Volume.Fresh(folder);
        await Volume.RechunkAsync(source, folder, ShardCodec.Zstd(Level), Shard, Chunk);
        await using var store = new LocalStore(Path.Combine(folder, "v.zarr"));
        await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "")))[0];
        var again = Path.Combine(settings.Scratch, "again");
        var perShard = Shard / Chunk;
        const int chunkBytes = Chunk * Chunk * Chunk * sizeof(ushort);
        var shards = Box.Whole(reader.Info.Shape).CellsTouched(NdIndex.Filled(3, Shard)).Select(position =>
            ShardFile.Open(Path.Combine(folder, $"v.zarr/s0/c/{position[0]}/{position[1]}/{position[2]}"), perShard * perShard * perShard)).ToArray();
        var single = shards.SelectMany(shard => shard.Chunks.Select(chunk => new List<BareLoops.Run> { new(shard.File, chunk.Offset, [chunk]) })).ToArray();
        var time = await Timing.RunAsync(
            rounds, () => Volume.Fresh(again),
            () => ReadAsync(reader, Shard, Settings.Threads),
            () => RoundTripAsync(reader, again),
            () => ReadAsync(reader, Chunk, Settings.Threads),
            () => BareLoops.ReadAllAsync(shards, chunkBytes, zstd: true, Settings.Threads),
            () => BareLoops.RoundTripAsync(shards, chunkBytes, Level, again, Settings.Threads),
            () => BareLoops.ReadTouchedAsync(single, chunkBytes, ZstdCodec.Default, Settings.Threads));
        foreach (var shard in shards)
            shard.File.Dispose();
        report.Heading($"The zarrs benchmark: {Edge}³ uint16, shards {Shard}³, inner chunks {Chunk}³, zstd level {Level}, page cache warm, {Settings.Threads} cores");
        string[] names = ["read all", "round trip", "inner chunks one by one"];
        double[] bars = [4.4, 5.3, 7.4];
        var peer = await Peers.ZarrsAsync(settings, raw);
        for (var i = 0; i < names.Length; i++)
        {
            var (got, bare) = (time[i], time[names.Length + i]);
            if (peer is not { } python)
            {
                report.Absent(names[i], $"{got:f2} s; libzstd alone {bare:f2} s", $"> {bars[i]}× zarr-python 3", "zarr-python 3");
                continue;
            }

            var ratio = python.Seconds[i] / got;
            report.Row(
                $"{names[i]}, against zarr-python {python.Version}",
                $"{python.Seconds[i]:f2} / {got:f2} s = {ratio:f1}× (libzstd alone: {bare:f2} s = {python.Seconds[i] / bare:f1}×)", $"> {bars[i]}×", ratio > bars[i]);
        }
    }

    private static Task<RechunkResult> RechunkAsync(IVolumeReader source, string folder) => ZarrRechunk.RunAsync(
        source, Box.Whole(source.Info.Shape), Path.Combine(folder, "v.zarr"), Path.Combine(folder, "journal"),
        new RechunkOptions { Codec = ShardCodec.Zstd(Level), Levels = 1, Shard = NdIndex.Filled(3, Shard), Chunk = NdIndex.Filled(3, Chunk) });

    private static async Task RoundTripAsync(IVolumeReader reader, string folder) => await RechunkAsync(reader, folder);

    private static Task ReadAsync(IVolumeReader reader, int edge, int threads)
    {
        var shape = NdIndex.Filled(3, edge);
        var cells = Box.Whole(reader.Info.Shape).CellsTouched(shape).ToArray();
        return Timing.ParallelAsync(threads, cells.Length, _ =>
        {
            var buffer = new byte[shape.Volume * reader.Info.Type.Size()];
            return i =>
            {
                var read = reader.ReadAsync(new Box(cells[i] * shape, shape), buffer);
                if (!read.IsCompletedSuccessfully)
                    read.AsTask().Wait();
            };
        });
    }

    /// <summary>The slices as 16-bit numbers whose low bits are a smooth ramp: compresses about as the published benchmark's data do.</summary>
    private static void Write(Content content, string path, string peer)
    {
        var (plane, wide) = (new byte[Edge * Edge], new byte[2 * Edge * Edge]);
        using var file = File.Create(path);
        using var raw = File.Create(peer);
        file.Write(MrcFile.Header(NdIndex.Filled(3, Edge), VoxelType.UInt16));
        for (var z = 0; z < Edge; z++)
        {
            content.Plane(z, Edge, Edge, plane);
            for (var i = 0; i < plane.Length; i++)
                wide[2 * i] = (byte)(plane[i] >> 3);
            file.Write(wide);
            raw.Write(wide);
        }
    }
}
