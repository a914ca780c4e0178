using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Encoding "compressed_segmentation": blocks of labels, each with a table of the labels in it and an index of 0 to 32 bits a voxel.
/// Offsets count 32-bit words from the start of their channel.
/// </summary>
internal sealed class CompressedSegmentationChunk(int voxelBytes, NdIndex blockSize) : IChunkDecoder
{
    private const int Word = sizeof(uint);
    private const int HeaderWords = 2;

    // The encoding does not state its shape; it is the clipped one.
    public NdIndex Measure(ReadOnlySpan<byte> encoded, NdIndex clipped, NdIndex full)
    {
        var channels = clipped[0];
        if (encoded.Length % Word != 0 || encoded.Length / Word < channels)
            throw new InvalidDataException($"got {encoded.Length} bytes of compressed segmentation, expected whole words and the offsets of {channels} channels");
        var grid = BlockGrid(clipped);
        for (var channel = 0; channel < channels; channel++)
        {
            var data = Channel(encoded, channel, channels);
            if (data.Length / Word < HeaderWords * ((Int128)grid[0] * grid[1] * grid[2]))
                throw new InvalidDataException($"got {data.Length} bytes for channel {channel}, expected headers of {grid} blocks");
        }

        return clipped;
    }

    public void Decode(ReadOnlySpan<byte> encoded, NdIndex shape, Span<byte> target)
    {
        var plane = target.Length / (int)shape[0];
        for (var channel = 0; channel < shape[0]; channel++)
        {
            var data = Channel(encoded, channel, shape[0]);
            var labels = target.Slice(channel * plane, plane);
            if (voxelBytes == sizeof(uint))
                Decode(data, shape, MemoryMarshal.Cast<byte, uint>(labels));
            else
                Decode(data, shape, MemoryMarshal.Cast<byte, ulong>(labels));
        }
    }

    private NdIndex BlockGrid(NdIndex shape) => NdIndex.CeilingDivide(new NdIndex(shape[1], shape[2], shape[3]), blockSize);

    private static ReadOnlySpan<byte> Channel(ReadOnlySpan<byte> encoded, int channel, long channels)
    {
        var words = BinaryPrimitives.ReadUInt32LittleEndian(encoded[(channel * Word)..]);
        if (words < channels || words > encoded.Length / Word)
            throw new InvalidDataException($"got channel {channel} at word {words}, expected {channels} to {encoded.Length / Word}");
        return encoded[(int)(words * Word)..];
    }

    private void Decode<T>(ReadOnlySpan<byte> data, NdIndex shape, Span<T> labels)
        where T : unmanaged
    {
        var words = MemoryMarshal.Cast<byte, uint>(data);
        var grid = BlockGrid(shape);
        var block = 0;
        for (var z = 0L; z < grid[0]; z++)
        {
            for (var y = 0L; y < grid[1]; y++)
            {
                for (var x = 0L; x < grid[2]; x++, block++)
                {
                    var origin = new NdIndex(z, y, x) * blockSize;
                    var extent = NdIndex.Min(blockSize, new NdIndex(shape[1], shape[2], shape[3]) - origin);
                    DecodeBlock(words, block, origin, extent, shape, labels);
                }
            }
        }
    }

    // Compiled whole at once: a chunk has thousands of blocks, and a short run few chunks.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DecodeBlock<T>(ReadOnlySpan<uint> words, int block, NdIndex origin, NdIndex extent, NdIndex shape, Span<T> labels)
        where T : unmanaged
    {
        var header = words[HeaderWords * block];
        var bits = (int)(header >> 24);
        var values = words[HeaderWords * block + 1];
        if (bits is not (0 or 1 or 2 or 4 or 8 or 16 or 32))
            throw new InvalidDataException($"got {bits} bits a voxel in block {block}, expected 0, 1, 2, 4, 8, 16 or 32");
        var tableStart = header & 0xffffff;
        // The last voxel of the block inside the volume is the last that has to be there.
        var lastBit = (((extent[0] - 1) * blockSize[1] + extent[1] - 1) * blockSize[2] + extent[2]) * bits;
        if (tableStart > words.Length || (bits > 0 && values + (lastBit + 31) / 32 > words.Length))
            throw new InvalidDataException($"got block {block} with its table at word {tableStart} and its values at {values}, expected both within {words.Length} words");
        var table = MemoryMarshal.Cast<uint, T>(words[(int)tableStart..]);
        var indexes = bits == 0 ? default : words[(int)values..];
        var mask = bits == 32 ? uint.MaxValue : (1u << bits) - 1;

        for (var z = 0L; z < extent[0]; z++)
        {
            for (var y = 0L; y < extent[1]; y++)
            {
                var row = labels.Slice((int)(((origin[0] + z) * shape[2] + origin[1] + y) * shape[3] + origin[2]), (int)extent[2]);
                if (bits == 0)
                {
                    row.Fill(Look(table, 0, block));
                    continue;
                }

                var bit = (z * blockSize[1] + y) * blockSize[2] * bits;
                for (var x = 0; x < row.Length; x++, bit += bits)
                    row[x] = Look(table, (indexes[(int)(bit >> 5)] >> (int)(bit & 31)) & mask, block);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Look<T>(ReadOnlySpan<T> table, uint index, int block) =>
        index < (uint)table.Length ? table[(int)index] : throw Missing(index, block, table.Length);

    private static InvalidDataException Missing(uint index, int block, int length) =>
        new($"got entry {index} of the table of block {block}, expected one of the {length} that the chunk has room for");
}
