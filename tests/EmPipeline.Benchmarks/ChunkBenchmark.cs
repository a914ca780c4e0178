using EmPipeline.Benchmarks.Containers;
using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Benchmarks;

/// <summary>Which inner chunk: what each edge costs in bytes and time. Says why the default is what it is; has no bar.</summary>
internal static class ChunkBenchmark
{
    private static readonly int[] Edges = [16, 32, 64, 128];

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        var source = MrcFile.Write(settings.Disk, Voxels.Of(content, VoxelType.UInt8, Volume.Edge, Volume.Edge)).Address;
        report.Table(
            $"Inner chunks: {Volume.Edge}³ uint8 of FIB-25, shards {Volume.Shard}³, zstd 1, one level",
            "inner chunk", "stored / voxels", "write MB/s", "read all MB/s", "random unaligned 128³, blocks/s");
        var rounds = Math.Min(4, settings.Rounds);
        foreach (var edge in Edges)
        {
            var folder = Path.Combine(settings.Scratch, "chunks");
            var write = (await Timing.RunAsync(
                rounds, () => Volume.Fresh(folder), () => Volume.RechunkAsync(source, folder, ShardCodec.Zstd(), chunk: edge)))[0];
            var stored = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            await using var store = new LocalStore(Path.Combine(folder, "v.zarr"));
            await using var reader = (await FormatRegistry.OpenAsync(new VolumePath(store, "")))[0];
            var shape = NdIndex.Filled(3, Volume.Shard);
            var aligned = Box.Whole(reader.Info.Shape).CellsTouched(shape).Select(position => new Box(position * shape, shape)).ToArray();
            var random = Volume.RandomOrigins(300).Select(origin => new Box(new NdIndex(origin.Z, origin.Y, origin.X), shape)).ToArray();
            var time = await Timing.RunAsync(
                rounds, () => { }, () => ReadBenchmark.ReadAsync(reader, aligned), () => ReadBenchmark.ReadAsync(reader, random));
            report.Note($"| {edge}³ | {stored / (Volume.Megabytes * 1e6):f3} | {Volume.Megabytes / write:f0} | {Volume.Megabytes / time[0]:f0} | {random.Length / time[1]:f0} |");
        }
    }
}
