using System.Buffers.Binary;
using EmPipeline.Zarr.V3;
using Microsoft.Win32.SafeHandles;

namespace EmPipeline.Benchmarks;

/// <summary>A shard file, open, and where its inner chunks lie (without the checksum behind each).</summary>
internal sealed record ShardFile(SafeFileHandle File, int Length, (long Offset, int Length)[] Chunks)
{
    private const int ChecksumLength = 4;

    public static ShardFile Open(string path, int chunkCount)
    {
        var file = System.IO.File.OpenHandle(path);
        var length = (int)RandomAccess.GetLength(file);
        var index = new byte[(chunkCount * 16) + ChecksumLength];
        RandomAccess.Read(file, index, length - index.Length);
        var chunks = new (long, int)[chunkCount];
        for (var i = 0; i < chunkCount; i++)
        {
            chunks[i] = (
                BinaryPrimitives.ReadInt64LittleEndian(index.AsSpan(16 * i)),
                (int)BinaryPrimitives.ReadInt64LittleEndian(index.AsSpan((16 * i) + 8)) - ChecksumLength);
        }

        return new ShardFile(file, length, chunks);
    }

    /// <summary>The chunks that 128³ boxes touch, for an array of cubic shards and chunks, neighbours joined.</summary>
    public static List<BareLoops.Run> Touched(IReadOnlyList<ShardFile> shards, (int Z, int Y, int X) origin, int edge, int shard, int chunk)
    {
        const int box = 128;
        var runs = new List<BareLoops.Run>();
        var (perShard, perEdge) = (shard / chunk, edge / shard);
        foreach (var group in Positions().GroupBy(position => position.Shard))
        {
            var file = shards[group.Key];
            foreach (var number in group.Select(position => position.Chunk).Order())
            {
                var (offset, length) = file.Chunks[number];
                if (runs.Count > 0 && runs[^1].File == file.File && runs[^1].End + ChecksumLength == offset)
                    runs[^1].Chunks.Add((offset, length));
                else
                    runs.Add(new BareLoops.Run(file.File, offset, [(offset, length)]));
            }
        }

        return runs;

        IEnumerable<(int Shard, int Chunk)> Positions()
        {
            for (var z = origin.Z / chunk; z * chunk < origin.Z + box; z++)
            {
                for (var y = origin.Y / chunk; y * chunk < origin.Y + box; y++)
                {
                    for (var x = origin.X / chunk; x * chunk < origin.X + box; x++)
                    {
                        yield return (
                            (((z / perShard) * perEdge) + (y / perShard)) * perEdge + (x / perShard),
                            (((z % perShard) * perShard) + (y % perShard)) * perShard + (x % perShard));
                    }
                }
            }
        }
    }
}
