using EmPipeline.Formats.Zarr;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks;

internal static class RechunkBenchmarks
{
    public static async Task<int> RunAsync(string[] args)
    {
        var scratch = "/dev/shm/emb";
        Directory.CreateDirectory(scratch);
        var content = Content.Load() ?? throw new InvalidOperationException("no content");
        const int edge = 512;
        var raw = content.RawFile(scratch, edge, edge, edge);
        var mb = (double)edge * edge * edge / 1e6;
        var threads = Environment.ProcessorCount;
        var output = Path.Combine(scratch, "out");
        var bare = Path.Combine(scratch, "bare");
        void Fresh()
        {
            foreach (var f in new[] { output, bare })
            {
                if (Directory.Exists(f))
                    Directory.Delete(f, true);
                Directory.CreateDirectory(f);
            }
        }

        Task Rechunk(ShardCodec codec, int? levels, int chunk) => Task.Run(async () =>
        {
            await using var source = new RawVolume(raw, NdIndex.Filled(3, edge), VoxelType.UInt8);
            await ZarrRechunk.RunAsync(source, Box.Whole(source.Info.Shape), Path.Combine(output, "v.zarr"), Path.Combine(output, "j"),
                new RechunkOptions { Codec = codec, Levels = levels, Chunk = NdIndex.Filled(3, chunk) });
        });

        foreach (var chunk in new[] { 32 })
        {
            var shards = BareLoops.Chunks(raw, edge, 128, chunk);
            var t = await Timing.BestAsync(5,
                (Fresh, () => BareLoops.EncodeAndWriteAsync(shards, chunk * chunk * chunk, bare, threads)),
                (Fresh, () => Rechunk(ShardCodec.Zstd(), 1, chunk)),
                (Fresh, () => Rechunk(ShardCodec.Zstd(), null, chunk)),
                (Fresh, () => BareLoops.WriteAsync(shards, bare, threads)),
                (Fresh, () => Rechunk(ShardCodec.Raw, 1, chunk)));
            Console.WriteLine($"chunk {chunk}: bare encode {mb / t[0]:f0} MB/s; one level {mb / t[1]:f0} ({t[0] / t[1]:p0}); all levels {mb / t[2]:f0} ({t[0] / t[2]:p0})");
            Console.WriteLine($"  bare write {mb / t[3]:f0}; raw one level {mb / t[4]:f0} ({t[3] / t[4]:p0})");
        }

        return 0;
    }
}
