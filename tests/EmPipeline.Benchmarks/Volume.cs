using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Benchmarks;

/// <summary>The cube that is written and read, and its rechunking.</summary>
internal static class Volume
{
    public const int Edge = 1024, Shard = 128, Chunk = 32;

    public const double Megabytes = (double)Edge * Edge * Edge / 1e6;

    public static void Fresh(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }

    /// <summary>Writes the volume of a file to FOLDER/v.zarr, one level, shards of 128³ unless said otherwise.</summary>
    public static async Task RechunkAsync(string file, string folder, ShardCodec codec, int shard = Shard, int chunk = Chunk)
    {
        await using var store = new LocalStore(Path.GetDirectoryName(file)!);
        await using var source = (await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(file))))[0];
        await ZarrRechunk.RunAsync(
            source, Box.Whole(source.Info.Shape), Path.Combine(folder, "v.zarr"), Path.Combine(folder, "journal"),
            new RechunkOptions { Codec = codec, Levels = 1, Shard = NdIndex.Filled(3, shard), Chunk = NdIndex.Filled(3, chunk) });
    }

    /// <summary>Origins of 128³ boxes, none on the grid of chunks.</summary>
    public static (int Z, int Y, int X)[] RandomOrigins(int count)
    {
        var random = new Random(20250722);
        return [.. Enumerable.Range(0, count).Select(_ => (At(), At(), At()))];

        int At()
        {
            int at;
            do
            {
                at = random.Next(Edge - 128);
            }
            while (at % Chunk == 0);
            return at;
        }
    }

    /// <summary>Origins of 128³ boxes, one for each cell of a grid over z and y, so that no two need the same part of a plain file.</summary>
    public static NdIndex[] SpreadOrigins(int seed)
    {
        const int cells = 6, cell = Edge / cells;
        var random = new Random(seed);
        var origins = Enumerable.Range(0, cells * cells).Select(i => new NdIndex(
            (i / cells * cell) + random.Next(cell - 128), (i % cells * cell) + random.Next(cell - 128), random.Next(Edge - 128))).ToArray();
        random.Shuffle(origins);
        return origins;
    }
}
