using System.Buffers.Binary;

namespace EmPipeline.Demo.Writers;

/// <summary>Chunks of uint64 in Neuroglancer's compressed_segmentation: blocks of 8³, each a table of its ids and an index a voxel, of as few bits as it takes.</summary>
internal static class CompressedSegmentation
{
    private const int Edge = 8;

    /// <param name="ids">z, y, x.</param>
    public static byte[] Encode(ReadOnlySpan<ulong> ids, int depth, int height, int width)
    {
        static int Blocks(int size) => (size + Edge - 1) / Edge;

        var (gridZ, gridY, gridX) = (Blocks(depth), Blocks(height), Blocks(width));
        // One channel, which begins after this number.
        List<uint> words = [1];
        words.AddRange(new uint[2 * gridZ * gridY * gridX]);
        var tables = new Dictionary<string, uint>(StringComparer.Ordinal);
        var block = new ulong[Edge * Edge * Edge];
        for (var i = 0; i < gridZ * gridY * gridX; i++)
        {
            var (z0, y0, x0) = (i / (gridY * gridX) * Edge, i / gridX % gridY * Edge, i % gridX * Edge);
            for (var voxel = 0; voxel < block.Length; voxel++)
            {
                // Beyond the chunk's edge the last voxel is repeated, which adds no id.
                var (z, y, x) = (Math.Min(z0 + (voxel >> 6), depth - 1), Math.Min(y0 + ((voxel >> 3) & 7), height - 1), Math.Min(x0 + (voxel & 7), width - 1));
                block[voxel] = ids[(((z * height) + y) * width) + x];
            }

            ulong[] table = [.. block.Distinct().Order()];
            var bits = table.Length switch { 1 => 0, 2 => 1, <= 4 => 2, <= 16 => 4, <= 256 => 8, _ => 16 };
            var values = (uint)words.Count - 1;
            Pack(words, block, table, bits);
            // Equal tables are stored once.
            var key = string.Join(',', table);
            if (!tables.TryGetValue(key, out var at))
            {
                tables[key] = at = (uint)words.Count - 1;
                foreach (var id in table)
                    words.AddRange([(uint)id, (uint)(id >> 32)]);
            }

            words[1 + (2 * i)] = at | ((uint)bits << 24);
            words[2 + (2 * i)] = values;
        }

        var bytes = new byte[4 * words.Count];
        for (var i = 0; i < words.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), words[i]);
        return bytes;
    }

    private static void Pack(List<uint> words, ulong[] block, ulong[] table, int bits)
    {
        if (bits == 0)
            return;
        var perWord = 32 / bits;
        for (var first = 0; first < block.Length; first += perWord)
        {
            var word = 0u;
            for (var i = 0; i < perWord; i++)
                word |= (uint)Array.BinarySearch(table, block[first + i]) << (i * bits);
            words.Add(word);
        }
    }
}
