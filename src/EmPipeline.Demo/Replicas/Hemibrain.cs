using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using EmPipeline.Demo.Mirroring;
using EmPipeline.Demo.Texture;
using EmPipeline.Demo.Writers;

namespace EmPipeline.Demo.Replicas;

/// <summary>
/// The Hemibrain's EM (CLAHE): sharded JPEG in Neuroglancer's precomputed format. Tissue fills a rounded block; around it the volume is
/// blank, chunks that are blank are absent, and a crop of 1000 × 1000 lies in tissue at some origins only.
/// </summary>
internal static class Hemibrain
{
    public const int Depth = 128;
    public const int Height = 1092;
    public const int Width = 1084;
    private const int ChunkEdge = 64;
    private const int JpegQuality = 80;
    private const string Root = "http/storage.googleapis.com/neuroglancer-janelia-flyem-hemibrain/emdata/clahe_yz/jpeg";

    private static readonly ShardedChunks[] Sharding = [new(3, 3, 5), new(3, 3, 2), new(3, 2, 1), new(3, 1, 0)];

    public static void Write(EmTexture tissue, MirrorFolder mirror)
    {
        var scales = new JsonArray();
        var level = (Voxels: Voxels(tissue), Depth, Height, Width);
        for (var k = 0; k < Sharding.Length; k++)
        {
            var nanometres = 8 << k;
            var key = $"{nanometres}.0x{nanometres}.0x{nanometres}.0";
            scales.Add(Scale(key, nanometres, level.Depth, level.Height, level.Width, Sharding[k]));
            // Only at full resolution does a chunk without blank voxels consist of nothing but the repeated texture.
            var period = k == 0 ? (Z: tissue.Depth / ChunkEdge, Y: tissue.Height / ChunkEdge, X: tissue.Width / ChunkEdge) : default;
            foreach (var (name, content) in Sharding[k].Encode(Chunks(level.Voxels, level.Depth, level.Height, level.Width, period)))
                mirror.Write($"{Root}/{key}/{name}", content);
            level = Pyramid.HalveUp(level.Voxels, level.Depth, level.Height, level.Width);
        }

        // The short link that the project hands out leads to a page whose state names the volumes.
        const string Bucket = "precomputed://gs://neuroglancer-janelia-flyem-hemibrain/";
        JsonObject Layer(string type, string name, string path) => new() { ["type"] = type, ["source"] = Bucket + path, ["name"] = name };
        var state = new JsonObject
        {
            ["dimensions"] = new JsonObject { ["x"] = new JsonArray(8e-9, "m"), ["y"] = new JsonArray(8e-9, "m"), ["z"] = new JsonArray(8e-9, "m") },
            ["layers"] = new JsonArray(
                Layer("image", "emdata", "emdata/clahe_yz/jpeg"), Layer("segmentation", "segmentation", "v1.2/segmentation"), Layer("segmentation", "mito", "mito_20190717.27250582")),
        };
        mirror.Write(
            MirrorFolder.HttpPath("https://tinyurl.com/hemibrain-ng/index.location"),
            System.Text.Encoding.ASCII.GetBytes("https://neuroglancer-demo.appspot.com/#!" + Uri.EscapeDataString(state.ToJsonString())));
        mirror.WriteJson(Root + "/info", new JsonObject { ["type"] = "image", ["data_type"] = "uint8", ["num_channels"] = 1, ["scales"] = scales });
    }

    // As in the source, voxel_offset and sharding.data_encoding are left out; axes are x, y, z here.
    private static JsonObject Scale(string key, int nanometres, int depth, int height, int width, ShardedChunks sharding) => new()
    {
        ["key"] = key,
        ["size"] = new JsonArray(width, height, depth),
        ["resolution"] = new JsonArray(nanometres, nanometres, nanometres),
        ["chunk_sizes"] = new JsonArray(new JsonArray(ChunkEdge, ChunkEdge, ChunkEdge)),
        ["encoding"] = "jpeg",
        ["sharding"] = new JsonObject
        {
            ["@type"] = "neuroglancer_uint64_sharded_v1",
            ["preshift_bits"] = sharding.PreshiftBits,
            ["hash"] = "identity",
            ["minishard_bits"] = sharding.MinishardBits,
            ["shard_bits"] = sharding.ShardBits,
            ["minishard_index_encoding"] = "gzip",
        },
    };

    private static byte[] Voxels(EmTexture tissue)
    {
        var voxels = new byte[Depth * Height * Width];
        var outline = new TissueOutline(Depth, Height);
        Parallel.For(0, Depth, z =>
        {
            for (var y = 0; y < Height; y++)
            {
                var (first, end) = outline.Row(z, y);
                if (first < end)
                    tissue.CopyRow(z, y, first, voxels.AsSpan((((z * Height) + y) * Width) + first, end - first));
            }
        });
        return voxels;
    }

    // The JPEGs of all chunks that are not blank, by identifier. Full chunks that repeat with the period, if any, are encoded once.
    private static ConcurrentDictionary<ulong, byte[]> Chunks(byte[] voxels, int depth, int height, int width, (int Z, int Y, int X) period)
    {
        static int Cells(int size) => (size + ChunkEdge - 1) / ChunkEdge;

        var grid = (X: Cells(width), Y: Cells(height), Z: Cells(depth));
        var chunks = new ConcurrentDictionary<ulong, byte[]>();
        var repeated = new ConcurrentDictionary<(int Z, int Y, int X), Lazy<byte[]>>();
        Parallel.For(0, grid.X * grid.Y * grid.Z, i =>
        {
            var cell = (X: i % grid.X, Y: i / grid.X % grid.Y, Z: i / (grid.X * grid.Y));
            var (x0, y0, z0) = (cell.X * ChunkEdge, cell.Y * ChunkEdge, cell.Z * ChunkEdge);
            // Chunks at the far edges are clipped.
            var (w, h, d) = (Math.Min(ChunkEdge, width - x0), Math.Min(ChunkEdge, height - y0), Math.Min(ChunkEdge, depth - z0));
            var chunk = new byte[w * h * d];
            for (var row = 0; row < h * d; row++)
                voxels.AsSpan(((((z0 + (row / h)) * height) + y0 + (row % h)) * width) + x0, w).CopyTo(chunk.AsSpan(row * w));
            if (!chunk.AsSpan().ContainsAnyExcept((byte)0))
                return;
            byte[] Encode() => GrayJpeg.Encode(chunk, w, h * d, JpegQuality);

            chunks[ShardedChunks.Identifier(cell, grid)] = period.X > 0 && chunk.Length == ChunkEdge * ChunkEdge * ChunkEdge && !chunk.Contains((byte)0)
                ? repeated.GetOrAdd((cell.Z % period.Z, cell.Y % period.Y, cell.X % period.X), _ => new Lazy<byte[]>(Encode)).Value
                : Encode();
        });
        return chunks;
    }
}
