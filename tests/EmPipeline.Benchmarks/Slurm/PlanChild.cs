using System.Diagnostics;
using System.Globalization;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Volumes;
using EmPipeline.Zarr;
using EmPipeline.Zarr.Portions;

namespace EmPipeline.Benchmarks.Slurm;

/// <summary>Begins a volume of which no voxel is ever read, divides it into portions of 2³ shards, and writes the plan.</summary>
internal static class PlanChild
{
    public const string Argument = "--plan-child";
    private const int Shards = 94, Shard = 128, PortionShards = 8;

    public static async Task<int> RunAsync(string folder)
    {
        var edge = Shards * Shard;
        await using var source = new Unread(NdIndex.Filled(3, edge));
        var options = new RechunkOptions
        {
            Name = "v", SourceIdentity = "none", Codec = ShardCodec.Zstd(), PortionsFolder = Path.Combine(folder, "portions"), VoxelSize = new VoxelSize(8, 8, 8),
        };
        var watch = Stopwatch.StartNew();
        var plan = await PortionedRechunk.BeginAsync(
            source, Box.Whole(source.Info.Shape), Path.Combine(folder, "v.zarr"), Path.Combine(folder, "v.shards"), options, (long)PortionShards * Shard * Shard * Shard, int.MaxValue);
        await File.WriteAllTextAsync(Path.Combine(folder, "plan.json"), CanonicalJson.Text(plan));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{plan.ToDo.Count} {watch.Elapsed.TotalSeconds:0.000}"));
        return 0;
    }

    private sealed class Unread(NdIndex shape) : IVolumeReader
    {
        public VolumeInfo Info { get; } = new() { Name = "v", Format = "none", Shape = shape, Axes = "zyx", Type = VoxelType.UInt8, Grain = NdIndex.Filled(3, 64) };

        public ValueTask ReadAsync(Box box, Memory<byte> buffer, CancellationToken cancellation = default) => throw new InvalidOperationException("got a read, expected none: nothing is made yet.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
