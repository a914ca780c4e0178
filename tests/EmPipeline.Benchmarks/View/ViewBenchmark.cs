using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using EmPipeline.Benchmarks.Containers;
using EmPipeline.Catalog;
using EmPipeline.Formats;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Benchmarks.View;

/// <summary>What somebody who looks waits for: tiles of a warm volume of 4 GiB, the first page; and what the viewer's memory comes to.</summary>
internal static partial class ViewBenchmark
{
    private const int Depth = 1024, Edge = 2048, Tile = 512, Tiles = 400, Clients = 8, ManyTiles = 18_000;

    public static async Task RunAsync(Settings settings, Content content, Report report)
    {
        var file = MrcFile.Write(settings.Disk, Voxels.Of(content, VoxelType.UInt8, Depth / 8, Edge), 8).Address;
        foreach (var codec in new[] { ShardCodec.Raw, ShardCodec.Zstd(1) }.Where(codec => settings.WantsSource(codec.ToString())))
        {
            report.Heading($"View: {Depth}×{Edge}×{Edge} uint8 of FIB-25, {codec}, inner chunks {Volume.Chunk}³, page cache warm; tiles of {Tile}², anywhere and across any axis, as JPEG");
            var data = Path.Combine(settings.Disk, $"view-{codec}".Replace(':', '-'));
            await MakeAsync(file, data, codec);
            await MeasureAsync(data, report, settings.Minutes > 0);
            Directory.Delete(data, recursive: true);
        }

        File.Delete(file);
    }

    private static async Task MeasureAsync(string data, Report report, bool many)
    {
        var clock = Stopwatch.StartNew();
        using var server = await ViewProcess.StartAsync(data);
        using var client = new HttpClient { BaseAddress = server.Address };
        await FirstPageAsync(client);
        report.Note($"| (from the program's start until its first page is there) | {clock.Elapsed.TotalSeconds:f2} s | | |");
        clock.Restart();
        await FirstPageAsync(client);
        Row(report, "first page: all its files, datasets, cards with pictures, one request after another", clock.Elapsed.TotalSeconds, "s", 1);

        await TilesAsync(client, 1, Tiles, seed: 1);
        Row(report, "a tile, one client, median", Quantile(await TilesAsync(client, 1, Tiles, seed: 2), 0.5), "ms", 30);
        var crowd = await TilesAsync(client, Clients, Clients * Tiles, seed: 3);
        report.Note($"| (a tile, {Clients} clients at once, median) | {Quantile(crowd, 0.5):f1} ms | | |");
        Row(report, $"a tile, {Clients} clients at once, 99th percentile", Quantile(crowd, 0.99), "ms", 100);
        if (many)
        {
            // As many as somebody who never stops sees in an hour.
            clock.Restart();
            await TilesAsync(client, Clients, ManyTiles, seed: 4);
            report.Note(string.Create(CultureInfo.InvariantCulture, $"| ({ManyTiles:n0} tiles more) | {ManyTiles / clock.Elapsed.TotalSeconds:f0} a second | | |"));
        }

        Row(report, "the viewer's memory after all of them, at its highest", server.Memory().Peak, "MiB", 400);
    }

    private static void Row(Report report, string measure, double figure, string unit, double most) =>
        report.Row(measure, string.Create(CultureInfo.InvariantCulture, $"{figure:0.##} {unit}"), $"≤ {most} {unit}", figure <= most);

    /// <summary>Milliseconds of each tile.</summary>
    private static async Task<double[]> TilesAsync(HttpClient client, int clients, int tiles, int seed)
    {
        var times = await Task.WhenAll(Enumerable.Range(0, clients).Select(number => Task.Run(async () =>
        {
            var (random, own) = (new Random((seed * 100) + number), new List<double>());
            for (var i = 0; i < tiles / clients; i++)
            {
                var axis = random.Next(3);
                var (rows, columns) = ((axis == 0 ? Edge : Depth) / Tile, Edge / Tile);
                var index = random.Next(axis == 0 ? Depth : Edge);
                var start = Stopwatch.GetTimestamp();
                using var response = await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"tile/fib25/image/0/{"zyx"[axis]}/{index}/{random.Next(rows)}_{random.Next(columns)}"));
                response.EnsureSuccessStatusCode();
                await response.Content.ReadAsByteArrayAsync();
                own.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return own;
        })));
        return [.. times.SelectMany(own => own).Order()];
    }

    private static double Quantile(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];

    /// <summary>What a browser fetches for it.</summary>
    private static async Task FirstPageAsync(HttpClient client)
    {
        var (left, seen) = (new Queue<string>(["/"]), new HashSet<string>());
        while (left.TryDequeue(out var path))
        {
            var text = await client.GetStringAsync(path);
            foreach (Match match in Names().Matches(text))
            {
                var name = new Uri(new Uri(client.BaseAddress!, path), match.Groups[1].Value).AbsolutePath;
                if (seen.Add(name))
                    left.Enqueue(name);
            }
        }

        await client.GetStringAsync("api/run");
        await client.GetStringAsync("api/datasets");
        await client.GetByteArrayAsync("api/card/fib25");
    }

    private static async Task MakeAsync(string file, string data, ShardCodec codec)
    {
        await using var store = new LocalStore(Path.GetDirectoryName(file)!);
        await using var source = (await FormatRegistry.OpenAsync(new VolumePath(store, Path.GetFileName(file))))[0];
        var result = await ZarrRechunk.RunAsync(
            source, Box.Whole(source.Info.Shape), Path.Combine(data, "zarr", "fib25.zarr"), Path.Combine(data, "journal"),
            new RechunkOptions { Codec = codec, Shard = NdIndex.Filled(3, Volume.Shard), Chunk = NdIndex.Filled(3, Volume.Chunk), VoxelSize = new VoxelSize(8, 8, 8) });
        await CatalogBuilder.BuildAsync(
            new CatalogContent
            {
                Datasets = [new DatasetRecord { Name = "fib25", Source = file, Format = "mrc" }],
                Volumes =
                [
                    .. result.Levels.Select((level, number) => new VolumeRecord
                    {
                        Dataset = "fib25", Path = $"zarr/fib25.zarr/{level.Path}", Level = number, Shape = level.Shape, Type = VoxelType.UInt8, VoxelSize = level.VoxelSize,
                        Shard = level.Shard, Block = level.Block, Chunk = level.Chunk, Codec = codec.ToString(), StoredBytes = result.BytesWritten,
                    }),
                ],
                Blocks = result.Shards.SelectMany(shard => shard.Blocks.Select(block => BlockRow.From("fib25", shard, block))).ToAsyncEnumerable(),
            },
            Path.Combine(data, "catalog"));
    }

    [GeneratedRegex("(?:\\bfrom |\\bimport |\\b(?:href|src)=)\"([^\"$#]+)\"")]
    private static partial Regex Names();
}
