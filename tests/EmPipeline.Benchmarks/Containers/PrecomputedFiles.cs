using System.Buffers.Binary;
using EmPipeline.Formats.Images;

namespace EmPipeline.Benchmarks.Containers;

/// <summary>
/// Precomputed, JPEG chunks of 64³ in shard files of 16³ chunks, 8 minishards each. A volume that goes on along z has the same chunks again
/// under other numbers.
/// </summary>
internal static class PrecomputedFiles
{
    private const int Chunk = 64, ChunksAlong = 16, PreshiftBits = 9, MinishardBits = 3, ShardChunkBits = PreshiftBits + MinishardBits;

    /// <param name="voxels">1024³.</param>
    /// <param name="shards">How often the voxels follow each other along z; a power of two.</param>
    public static Container WriteJpeg(string folder, Voxels voxels, int shards)
    {
        folder = Directory.CreateDirectory(Path.Combine(folder, $"precomputed-{shards}")).FullName;
        var scale = Directory.CreateDirectory(Path.Combine(folder, "s0")).FullName;
        var shardBits = int.Log2(shards);
        File.WriteAllText(Path.Combine(folder, "info"),
            $$$"""{"@type":"neuroglancer_multiscale_volume","type":"image","data_type":"uint8","num_channels":1,"scales":[{"key":"s0","size":[1024,1024,{{{1024 * shards}}}],"resolution":[8,8,8],"voxel_offset":[0,0,0],"chunk_sizes":[[64,64,64]],"encoding":"jpeg","sharding":{"@type":"neuroglancer_uint64_sharded_v1","hash":"identity","preshift_bits":{{{PreshiftBits}}},"minishard_bits":{{{MinishardBits}}},"shard_bits":{{{shardBits}}},"minishard_index_encoding":"raw","data_encoding":"raw"}}]}""");
        var chunks = voxels.Encode(Chunk, chunk => ImageFiles.Jpeg(chunk, Chunk));
        var ordered = new byte[chunks.Length][];
        foreach (var (number, cell) in voxels.Cells(Chunk))
            ordered[Morton(cell[2], cell[1], cell[0])] = chunks[number];
        for (var shard = 0; shard < shards; shard++)
            File.WriteAllBytes(Path.Combine(scale, shard.ToString($"x{Math.Max(1, (shardBits + 3) / 4)}", null) + ".shard"), Shard(ordered, (ulong)shard << ShardChunkBits));
        return new Container(folder)
        {
            Coded = (ordered, Chunk * Chunk * Chunk, static (encoded, decoded) => JpegImage.Decode(encoded, decoded, Chunk, Chunk * Chunk, 1)),
        };
    }

    private static byte[] Shard(byte[][] chunks, ulong first)
    {
        const int minishards = 1 << MinishardBits, perMinishard = 1 << PreshiftBits;
        using var body = new MemoryStream();
        var index = new byte[16 * minishards];
        for (var minishard = 0; minishard < minishards; minishard++)
        {
            var table = new byte[24 * perMinishard];
            for (var i = 0; i < perMinishard; i++)
            {
                var chunk = chunks[(minishard * perMinishard) + i];
                // Each as what it adds to the one before: chunk number, gap, length.
                Put(table, i, i == 0 ? first + (ulong)(minishard * perMinishard) : 1);
                Put(table, perMinishard + i, i == 0 ? (ulong)body.Position : 0);
                Put(table, (2 * perMinishard) + i, (ulong)chunk.Length);
                body.Write(chunk);
            }

            Put(index, 2 * minishard, (ulong)body.Position);
            body.Write(table);
            Put(index, (2 * minishard) + 1, (ulong)body.Position);
        }

        return [.. index, .. body.ToArray()];
    }

    /// <summary>The number of a chunk in its shard.</summary>
    public static int Morton(long x, long y, long z)
    {
        var code = 0;
        for (var bit = 0; bit < int.Log2(ChunksAlong); bit++)
            code |= (int)((((x >> bit) & 1) | (((y >> bit) & 1) << 1) | (((z >> bit) & 1) << 2)) << (3 * bit));
        return code;
    }

    private static void Put(byte[] target, int word, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(target.AsSpan(8 * word), value);
}
