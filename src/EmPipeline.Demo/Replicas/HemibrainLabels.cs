using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json.Nodes;
using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Texture;
using EmPipeline.Demo.Writers;

namespace EmPipeline.Demo.Replicas;

/// <summary>
/// What the Hemibrain's tissue is, in Neuroglancer's precomputed format: its neurons, ids up to beyond 2⁵³, on a volume that is shorter in y than
/// the image; and, at twice the voxel size, its mitochondria, which were looked for in a part of it only.
/// </summary>
internal static class HemibrainLabels
{
    private const int ChunkEdge = 64;
    private const int ShorterInY = 9;
    private const ulong NotLookedAt = 4;
    private const string Bucket = "http/storage.googleapis.com/neuroglancer-janelia-flyem-hemibrain/";

    private static readonly ShardedChunks Sharding = new(PreshiftBits: 3, MinishardBits: 3, ShardBits: 4);

    public static void Write(EmTexture tissue, MirrorFolder mirror)
    {
        var outline = new TissueOutline(Hemibrain.Depth, Hemibrain.Height);
        Write(mirror, "v1.2/segmentation", 8, Hemibrain.Depth, Hemibrain.Height - ShorterInY, Hemibrain.Width, (tissue.Depth, tissue.Height, tissue.Width), IsInside, Neurons);
        Write(mirror, "mito_20190717.27250582", 16, Hemibrain.Depth / 2, Hemibrain.Height / 2, Hemibrain.Width / 2, default, (_, _, _) => false, Mitochondria);

        // Whether a chunk is nothing but tissue, and so one of those that repeat.
        bool IsInside(int z0, int y0, int x0)
        {
            for (var row = 0; row < ChunkEdge * ChunkEdge; row++)
            {
                var (first, end) = outline.Row(z0 + (row / ChunkEdge), y0 + (row % ChunkEdge));
                if (first > x0 || end < x0 + ChunkEdge)
                    return false;
            }

            return true;
        }

        void Neurons(int z, int y, int x, Span<ulong> row)
        {
            var (first, end) = outline.Row(z, y);
            for (var i = 0; i < row.Length; i++)
                row[i] = x + i >= first && x + i < end ? Id(tissue.Cell(z, y, x + i)) : 0;
        }

        void Mitochondria(int z, int y, int x, Span<ulong> row)
        {
            var (first, end) = outline.Row(2 * z, 2 * y);
            var found = new byte[2 * row.Length];
            tissue.CopyMitochondria(2 * z, 2 * y, 2 * x, found);
            for (var i = 0; i < row.Length; i++)
                row[i] = !IsLookedAt(y, x + i) ? NotLookedAt : 2 * (x + i) >= first && 2 * (x + i) < end ? found[2 * i] : 0ul;
        }
    }

    /// <summary>The id of a neuron: as the source's, too large for float32 to tell from its neighbours; of some, for float64 too.</summary>
    public static ulong Id(int cell) => cell % 7 == 0 ? (1UL << 53) + 1 + (ulong)cell : 1_158_187_240UL + (ulong)cell;

    // A third of it.
    private static bool IsLookedAt(int y, int x) => y is >= 140 and < 460 && x is >= 100 and < 420;

    // Writes the row of ids at z, y, x.
    private delegate void Fill(int z, int y, int x, Span<ulong> row);

    private static void Write(
        MirrorFolder mirror, string name, int nanometres, int depth, int height, int width, (int Z, int Y, int X) period, Func<int, int, int, bool> repeats, Fill fill)
    {
        var key = $"{nanometres}.0x{nanometres}.0x{nanometres}.0";
        foreach (var (file, content) in Sharding.Encode(Chunks(depth, height, width, period, repeats, fill)))
            mirror.Write($"{Bucket}{name}/{key}/{file}", content);
        mirror.WriteJson($"{Bucket}{name}/info", new JsonObject
        {
            ["@type"] = "neuroglancer_multiscale_volume",
            ["type"] = "segmentation",
            ["data_type"] = "uint64",
            ["num_channels"] = 1,
            ["scales"] = new JsonArray(new JsonObject
            {
                ["key"] = key,
                ["size"] = new JsonArray(width, height, depth),
                ["resolution"] = new JsonArray(nanometres, nanometres, nanometres),
                ["voxel_offset"] = new JsonArray(0, 0, 0),
                ["chunk_sizes"] = new JsonArray(new JsonArray(ChunkEdge, ChunkEdge, ChunkEdge)),
                ["encoding"] = "compressed_segmentation",
                ["compressed_segmentation_block_size"] = new JsonArray(8, 8, 8),
                ["sharding"] = new JsonObject
                {
                    ["@type"] = "neuroglancer_uint64_sharded_v1",
                    ["preshift_bits"] = Sharding.PreshiftBits,
                    ["hash"] = "identity",
                    ["minishard_bits"] = Sharding.MinishardBits,
                    ["shard_bits"] = Sharding.ShardBits,
                    ["minishard_index_encoding"] = "gzip",
                    ["data_encoding"] = "gzip",
                },
            }),
        });
    }

    // Chunks without labels are absent; those that repeat with the tissue are encoded once.
    private static ConcurrentDictionary<ulong, byte[]> Chunks(int depth, int height, int width, (int Z, int Y, int X) period, Func<int, int, int, bool> repeats, Fill fill)
    {
        static int Cells(int size) => (size + ChunkEdge - 1) / ChunkEdge;

        var grid = (X: Cells(width), Y: Cells(height), Z: Cells(depth));
        var chunks = new ConcurrentDictionary<ulong, byte[]>();
        var repeated = new ConcurrentDictionary<(int Z, int Y, int X), Lazy<byte[]?>>();
        Parallel.For(0, grid.X * grid.Y * grid.Z, i =>
        {
            var cell = (X: i % grid.X, Y: i / grid.X % grid.Y, Z: i / (grid.X * grid.Y));
            var (x0, y0, z0) = (cell.X * ChunkEdge, cell.Y * ChunkEdge, cell.Z * ChunkEdge);
            var (w, h, d) = (Math.Min(ChunkEdge, width - x0), Math.Min(ChunkEdge, height - y0), Math.Min(ChunkEdge, depth - z0));
            byte[]? Encode()
            {
                var ids = new ulong[d * h * w];
                for (var row = 0; row < d * h; row++)
                    fill(z0 + (row / h), y0 + (row % h), x0, ids.AsSpan(row * w, w));
                return ids.AsSpan().ContainsAnyExcept(0ul) ? Gzip(CompressedSegmentation.Encode(ids, d, h, w)) : null;
            }

            var isWhole = w == ChunkEdge && h == ChunkEdge && d == ChunkEdge && repeats(z0, y0, x0);
            var chunk = isWhole ? repeated.GetOrAdd((z0 % period.Z, y0 % period.Y, x0 % period.X), _ => new Lazy<byte[]?>(Encode)).Value : Encode();
            if (chunk is not null)
                chunks[ShardedChunks.Identifier(cell, grid)] = chunk;
        });
        return chunks;
    }

    private static byte[] Gzip(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(data);
        return packed.ToArray();
    }
}
