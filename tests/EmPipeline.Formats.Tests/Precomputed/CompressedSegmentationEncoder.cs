using System.Runtime.InteropServices;

namespace EmPipeline.Formats.Tests.Precomputed;

/// <summary>
/// Encodes labels (c, z, y, x) as compressed segmentation. Blocks with the same table share it, tables are in order of first appearance,
/// and indexes take the fewest bits, or those asked for.
/// </summary>
internal static class CompressedSegmentationEncoder
{
    public static byte[] Encode<T>(ReadOnlySpan<T> labels, long[] extent, int channels, int[] block, int minimumBits = 0)
        where T : unmanaged
    {
        var plane = labels.Length / channels;
        var words = new List<uint>(new uint[channels]);
        for (var channel = 0; channel < channels; channel++)
        {
            words[channel] = (uint)words.Count;
            words.AddRange(EncodeChannel(labels.Slice(channel * plane, plane), extent, block, minimumBits));
        }

        return MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(words)).ToArray();
    }

    private static List<uint> EncodeChannel<T>(ReadOnlySpan<T> labels, long[] extent, int[] block, int minimumBits)
        where T : unmanaged
    {
        int[] grid = [.. extent.Zip(block, (size, step) => (int)((size + step - 1) / step))];
        var words = new List<uint>(new uint[2 * grid[0] * grid[1] * grid[2]]);
        var tables = new Dictionary<string, int>();
        var number = 0;
        for (var bz = 0; bz < grid[2]; bz++)
        {
            for (var by = 0; by < grid[1]; by++)
            {
                for (var bx = 0; bx < grid[0]; bx++, number++)
                {
                    var table = new List<T>();
                    var indexes = new List<int>();
                    for (var z = bz * block[2]; z < (bz + 1) * block[2]; z++)
                    {
                        for (var y = by * block[1]; y < (by + 1) * block[1]; y++)
                        {
                            for (var x = bx * block[0]; x < (bx + 1) * block[0]; x++)
                            {
                                // Outside the chunk the first label of the block stands in.
                                var inside = x < extent[0] && y < extent[1] && z < extent[2];
                                var label = inside ? labels[(int)((((z * extent[1]) + y) * extent[0]) + x)] : table[0];
                                if (!table.Contains(label))
                                    table.Add(label);
                                indexes.Add(table.IndexOf(label));
                            }
                        }
                    }

                    var bits = new[] { 0, 1, 2, 4, 8, 16, 32 }.First(bits => bits >= minimumBits && 1L << bits >= table.Count);
                    var values = words.Count;
                    words.AddRange(Pack(indexes, bits));
                    var tableBytes = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(table)).ToArray();
                    var tableKey = Convert.ToHexString(tableBytes);
                    if (!tables.TryGetValue(tableKey, out var at))
                    {
                        at = tables[tableKey] = words.Count;
                        words.AddRange(MemoryMarshal.Cast<byte, uint>(tableBytes));
                    }

                    words[2 * number] = (uint)at | ((uint)bits << 24);
                    words[(2 * number) + 1] = (uint)values;
                }
            }
        }

        return words;
    }

    private static uint[] Pack(List<int> indexes, int bits)
    {
        var words = new uint[((indexes.Count * bits) + 31) / 32];
        for (var i = 0; i < indexes.Count && bits > 0; i++)
            words[i * bits / 32] |= (uint)indexes[i] << (i * bits % 32);
        return words;
    }
}
