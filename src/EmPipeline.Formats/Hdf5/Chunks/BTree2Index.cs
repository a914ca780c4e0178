using System.Numerics;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>The version 2 B-tree (specification III.A.2) with records of chunks, filtered or not, by their grid position.</summary>
internal sealed class BTree2Index(Hdf5Blocks blocks, ulong headerAddress, int rank, long chunkBytes) : IChunkIndex
{
    // Signature, version and type; a checksum behind.
    private const int PrefixBytes = 6, ChecksumBytes = 4, MaxDepth = 32;

    private int HeaderBytes => PrefixBytes + 4 + 2 + 2 + 1 + 1 + blocks.OffsetSize + 2 + blocks.LengthSize + ChecksumBytes;

    public async ValueTask<Hdf5ChunkPlace?> FindAsync(NdIndex position, CancellationToken cancellation)
    {
        var header = ParseHeader(await blocks.ReadAsync(headerAddress, HeaderBytes, cancellation));
        if (header.Root is not { } address)
            return null;
        var count = header.RootRecords;
        for (var depth = header.Depth; ; depth--)
        {
            var (pointerBytes, countBytes) = Pointers(header, depth);
            var length = PrefixBytes + (count * (long)header.RecordBytes) + (depth > 0 ? (count + 1) * (long)pointerBytes : 0);
            if (length > header.NodeBytes)
                throw blocks.Corrupt(address, $"got a B-tree node of {count} records, more than its {header.NodeBytes} bytes hold.");
            var node = await blocks.ReadAsync(address, length, cancellation);
            if (!node.AsSpan(0, 4).SequenceEqual(depth > 0 ? "BTIN"u8 : "BTLF"u8))
                throw blocks.Corrupt(address, $"got no B-tree node of depth {depth}, expected one.");
            var (before, found) = Search(node, count, header.RecordBytes, position);
            if (found)
                return ChunkEntry.Parse(node.AsSpan(PrefixBytes + (before * header.RecordBytes), header.RecordBytes - (rank * sizeof(ulong))), blocks, chunkBytes);
            if (depth == 0)
                return null;
            var pointer = node.AsSpan(PrefixBytes + (count * header.RecordBytes) + (before * pointerBytes), pointerBytes);
            address = BlockFields.ReadAddress(pointer[..blocks.OffsetSize]) ?? throw blocks.Corrupt(address, "got a B-tree node without a child, expected one.");
            count = (int)Math.Min(BlockFields.ReadNumber(pointer.Slice(blocks.OffsetSize, countBytes)), int.MaxValue);
        }
    }

    private Header ParseHeader(ReadOnlySpan<byte> bytes)
    {
        const int PlainChunks = 10, FilteredChunks = 11;
        var fields = new BlockFields(bytes);
        if (!fields.Take(4).SequenceEqual("BTHD"u8) || fields.Byte() != 0 || fields.Byte() is not (PlainChunks or FilteredChunks))
            throw blocks.Corrupt(headerAddress, "got no B-tree of chunks, expected one.");
        var nodeBytes = fields.Number(4);
        var recordBytes = (int)fields.Number(2);
        var depth = (int)fields.Number(2);
        fields.Take(2);
        var root = fields.Address(blocks.OffsetSize);
        ChunkEntry.CheckSize(recordBytes - (rank * sizeof(ulong)), blocks, headerAddress);
        if (depth > MaxDepth || nodeBytes < (ulong)(PrefixBytes + ChecksumBytes + recordBytes))
            throw blocks.Corrupt(headerAddress, $"got a B-tree of depth {depth} with nodes of {nodeBytes} bytes, expected at most {MaxDepth} and room for a record.");
        return new Header((long)nodeBytes, recordBytes, depth, root, (int)fields.Number(2));
    }

    /// <summary>How long a pointer to a child is in a node this far from the leaves, and the count of records in it.</summary>
    private (int Bytes, int CountBytes) Pointers(Header header, int depth)
    {
        var room = header.NodeBytes - PrefixBytes - ChecksumBytes;
        // The most records that a leaf can have, then that a subtree of each depth can have.
        var most = (UInt128)(ulong)(room / header.RecordBytes);
        var countBytes = BytesFor(most);
        var pointer = blocks.OffsetSize + countBytes;
        for (var level = 1; level < depth; level++)
        {
            var records = (ulong)Math.Max(0, room - pointer) / (ulong)(header.RecordBytes + pointer);
            most = UInt128.Min((((UInt128)records + 1) * most) + records, ulong.MaxValue);
            pointer = blocks.OffsetSize + countBytes + BytesFor(most);
        }

        return (pointer, countBytes);
    }

    private static int BytesFor(UInt128 number) => (BitOperations.Log2((ulong)number) / 8) + 1;

    private (int Before, bool Found) Search(byte[] node, int count, int recordBytes, NdIndex position)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var end = PrefixBytes + ((middle + 1) * recordBytes);
            var order = Compare(node.AsSpan(end - (rank * sizeof(ulong)), rank * sizeof(ulong)), position);
            if (order == 0)
                return (middle, true);
            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return (low, false);
    }

    private int Compare(ReadOnlySpan<byte> record, NdIndex position)
    {
        for (var axis = 0; axis < rank; axis++)
        {
            if (BlockFields.ReadNumber(record.Slice(axis * sizeof(ulong), sizeof(ulong))).CompareTo((ulong)position[axis]) is not 0 and var order)
                return order;
        }

        return 0;
    }

    private readonly record struct Header(long NodeBytes, int RecordBytes, int Depth, ulong? Root, int RootRecords);
}
