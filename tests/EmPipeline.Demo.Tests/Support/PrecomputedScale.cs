using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using SkiaSharp;

namespace EmPipeline.Demo.Tests.Support;

/// <summary>One scale of a sharded JPEG precomputed volume, read the plain way: every listed chunk of every shard.</summary>
internal sealed class PrecomputedScale
{
    public PrecomputedScale(string folder, JsonNode scale)
    {
        var size = scale["size"]!.AsArray().Select(n => (int)n!).ToArray();
        (Width, Height, Depth) = (size[0], size[1], size[2]);
        Voxels = new byte[Depth * Height * Width];
        var grid = size.Select(n => (n + 63) / 64).ToArray();
        GridChunks = grid[0] * grid[1] * grid[2];
        var sharding = scale["sharding"]!;
        var (preshift, minishards, shards) = ((int)sharding["preshift_bits"]!, (int)sharding["minishard_bits"]!, (int)sharding["shard_bits"]!);
        var positions = Positions(grid);
        Parallel.ForEach(Directory.GetFiles(Path.Combine(folder, (string)scale["key"]!)), path =>
        {
            var file = File.ReadAllBytes(path);
            var shard = Convert.ToInt32(Path.GetFileNameWithoutExtension(path), 16);
            var indexEnd = 16 << minishards;
            for (var minishard = 0; minishard < 1 << minishards; minishard++)
            {
                var range = MemoryMarshal.Cast<byte, long>(file.AsSpan(16 * minishard, 16));
                if (range[0] == range[1])
                    continue;
                var table = Gunzip(file.AsSpan(indexEnd + (int)range[0], (int)(range[1] - range[0])));
                var (id, at, count) = (0UL, (long)indexEnd, table.Length / 3);
                for (var i = 0; i < count; i++)
                {
                    id += (ulong)table[i];
                    at += table[count + i];
                    var hash = id >> preshift;
                    ((int)(hash & ((1u << minishards) - 1))).Should().Be(minishard);
                    ((int)((hash >> minishards) & ((1u << shards) - 1))).Should().Be(shard);
                    Place(file.AsSpan((int)at, (int)table[(2 * count) + i]), positions[id]);
                    at += table[(2 * count) + i];
                    lock (positions)
                        Chunks++;
                }
            }
        });
    }

    public int Depth { get; }

    public int Height { get; }

    public int Width { get; }

    public byte[] Voxels { get; }

    /// <summary>Chunks found, of <see cref="GridChunks"/>.</summary>
    public int Chunks { get; private set; }

    public int GridChunks { get; }

    // Identifiers by enumeration: the order of cells along the Morton curve, told by comparing highest differing bits.
    private static Dictionary<ulong, (int X, int Y, int Z)> Positions(int[] grid)
    {
        int Bits(int n) => n <= 1 ? 0 : 32 - int.LeadingZeroCount(n - 1);

        var bits = grid.Select(Bits).ToArray();
        var result = new Dictionary<ulong, (int, int, int)>();
        for (var code = 0UL; code < 1UL << bits.Sum(); code++)
        {
            var position = new int[3];
            var at = 0;
            for (var level = 0; level < bits.Max(); level++)
            {
                for (var axis = 0; axis < 3; axis++)
                {
                    if (level < bits[axis])
                        position[axis] |= (int)((code >> at++) & 1) << level;
                }
            }

            if (position.Zip(grid).All(p => p.First < p.Second))
                result[code] = (position[0], position[1], position[2]);
        }

        return result;
    }

    private void Place(ReadOnlySpan<byte> jpeg, (int X, int Y, int Z) cell)
    {
        var (w, h, d) = (Math.Min(64, Width - (64 * cell.X)), Math.Min(64, Height - (64 * cell.Y)), Math.Min(64, Depth - (64 * cell.Z)));
        using var data = SKData.CreateCopy(jpeg);
        using var codec = SKCodec.Create(data);
        codec.Info.ColorType.Should().Be(SKColorType.Gray8);
        (codec.Info.Width, codec.Info.Height).Should().Be((w, h * d));
        var pixels = new byte[w * h * d];
        unsafe
        {
            fixed (byte* start = pixels)
                codec.GetPixels(new SKImageInfo(w, h * d, SKColorType.Gray8, SKAlphaType.Opaque), (nint)start).Should().Be(SKCodecResult.Success);
        }

        for (var row = 0; row < h * d; row++)
        {
            var target = (((((64 * cell.Z) + (row / h)) * Height) + (64 * cell.Y) + (row % h)) * Width) + (64 * cell.X);
            pixels.AsSpan(row * w, w).CopyTo(Voxels.AsSpan(target));
        }
    }

    private static long[] Gunzip(ReadOnlySpan<byte> packed)
    {
        using var source = new MemoryStream(packed.ToArray());
        using var gzip = new GZipStream(source, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return MemoryMarshal.Cast<byte, long>(plain.ToArray()).ToArray();
    }
}
