using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>The version 1 B-tree (HDF5 file format specification, III.A.1), whose keys are the chunks' first elements.</summary>
/// <param name="rank">Of the dataset in the file.</param>
internal sealed class BTree1Index(Hdf5Blocks blocks, ulong root, NdIndex chunk, int rank) : IChunkIndex
{
    private const int ChunkNode = 1, SizeBytes = 4, MaskBytes = 4;

    // A key ends with the offset inside an element, which is always 0.
    private readonly int _keyBytes = SizeBytes + MaskBytes + ((rank + 1) * sizeof(ulong));

    private int HeadBytes => 8 + (2 * blocks.OffsetSize);

    public async ValueTask<Hdf5ChunkPlace?> FindAsync(NdIndex position, CancellationToken cancellation)
    {
        var address = root;
        int? above = null;
        while (true)
        {
            var (level, count) = ParseHead(address, await blocks.ReadAsync(address, HeadBytes, cancellation), above);
            var node = await blocks.ReadAsync(address, HeadBytes + (count * (_keyBytes + blocks.OffsetSize)), cancellation);
            var found = LastNotAfter(node, count, position);
            if (found < 0)
                return null;
            var key = Key(node, found);
            var child = BlockFields.ReadAddress(node.AsSpan(key.Offset + _keyBytes, blocks.OffsetSize));
            if (child is not { } next)
                return null;
            if (level == 0)
                return Compare(node.AsSpan(key.Offset), position) == 0 ? Place(node.AsSpan(key.Offset, _keyBytes), next) : null;
            (address, above) = (next, level);
        }
    }

    private (int Level, int Count) ParseHead(ulong address, ReadOnlySpan<byte> head, int? above)
    {
        var fields = new BlockFields(head);
        if (!fields.Take(4).SequenceEqual("TREE"u8) || fields.Byte() != ChunkNode)
            throw blocks.Corrupt(address, "got no B-tree node of chunks, expected one.");
        int level = fields.Byte();
        // Levels count down to the leaves, so that no loop can be entered.
        if (above is not null && level != above - 1)
            throw blocks.Corrupt(address, $"got a B-tree node of level {level}, expected {above - 1}.");
        return (level, (int)fields.Number(2));
    }

    private Hdf5ChunkPlace Place(ReadOnlySpan<byte> key, ulong address)
    {
        var fields = new BlockFields(key);
        var length = (long)fields.Number(SizeBytes);
        return new Hdf5ChunkPlace(blocks.Locate(address, length), length, (uint)fields.Number(MaskBytes));
    }

    private int LastNotAfter(byte[] node, int count, NdIndex position)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Compare(node.AsSpan(Key(node, middle).Offset), position) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    private ArraySegment<byte> Key(byte[] node, int number) => new(node, HeadBytes + (number * (_keyBytes + blocks.OffsetSize)), _keyBytes);

    /// <summary>How a key's chunk is ordered to the one at a grid position.</summary>
    private int Compare(ReadOnlySpan<byte> key, NdIndex position)
    {
        for (var axis = 0; axis < rank; axis++)
        {
            var at = BlockFields.ReadNumber(key.Slice(SizeBytes + MaskBytes + (axis * sizeof(ulong)), sizeof(ulong)));
            if (at.CompareTo((ulong)position[axis] * (ulong)chunk[axis]) is not 0 and var order)
                return order;
        }

        return 0;
    }
}
