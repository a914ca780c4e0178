using EmPipeline.Formats.Codecs;
using EmPipeline.Volumes;

namespace EmPipeline.Benchmarks;

/// <summary>
/// What no rechunker can beat: the same compressor, reads and writes on the same chunks and files, and nothing else. No transposing, no
/// statistics, no checksums, no index, no journal.
/// </summary>
internal static class BareLoops
{
    /// <summary>Cuts a cube into inner chunks, shard after shard, in the order in which the shards store them.</summary>
    public static byte[][] Chunks(string rawFile, int edge, int shard, int chunk)
    {
        var voxels = File.ReadAllBytes(rawFile);
        var whole = Box.Whole(NdIndex.Filled(3, edge));
        var result = new List<byte[]>();
        foreach (var position in whole.CellsTouched(NdIndex.Filled(3, shard)))
        {
            var shardBytes = new byte[shard * shard * shard];
            var to = 0;
            var shardBox = new Box(position * NdIndex.Filled(3, shard), NdIndex.Filled(3, shard));
            foreach (var inner in shardBox.CellsTouched(NdIndex.Filled(3, chunk)))
            {
                var box = new Box(inner * NdIndex.Filled(3, chunk), NdIndex.Filled(3, chunk));
                StridedCopy.Copy(voxels, whole, shardBytes.AsSpan(to, (int)box.Volume), box, 1);
                to += (int)box.Volume;
            }

            result.Add(shardBytes);
        }

        return [.. result];
    }

    /// <summary>Compresses every chunk of every shard and writes one new file a shard.</summary>
    public static Task EncodeAndWriteAsync(byte[][] shards, int chunkBytes, string folder, int threads) => Timing.ParallelAsync(threads, shards.Length, _ =>
    {
        var zstd = new ZstdCodec(1);
        var output = new byte[shards[0].Length / chunkBytes * ZstdCodec.MaxEncodedLength(chunkBytes)];
        return shard =>
        {
            var length = 0;
            for (var at = 0; at < shards[shard].Length; at += chunkBytes)
                length += zstd.Encode(shards[shard].AsSpan(at, chunkBytes), output.AsSpan(length));
            using var file = File.OpenHandle(Path.Combine(folder, $"{shard}"), FileMode.Create, FileAccess.Write);
            RandomAccess.Write(file, output.AsSpan(0, length), 0);
        };
    });

    /// <summary>Writes the shards as they are to new files.</summary>
    public static Task WriteAsync(byte[][] shards, string folder, int threads) => Timing.ParallelAsync(threads, shards.Length, _ => shard =>
    {
        using var file = File.OpenHandle(Path.Combine(folder, $"{shard}"), FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, shards[shard], 0);
    });
}
