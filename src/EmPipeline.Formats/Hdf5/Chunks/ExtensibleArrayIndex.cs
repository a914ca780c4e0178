using System.Numerics;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>
/// The extensible array (specification VII.D) of datasets that may grow along one axis: the first entries lie in an index block, the
/// others in data blocks that grow with the array, of which the first are listed in the index block and the others in secondary blocks.
/// </summary>
internal sealed class ExtensibleArrayIndex(Hdf5Blocks blocks, ulong headerAddress, ChunkGrid grid, long chunkBytes) : IChunkIndex
{
    private const int PrefixBytes = 6, ChecksumBytes = 4;

    private int HeaderBytes => PrefixBytes + 6 + (6 * blocks.LengthSize) + blocks.OffsetSize;

    public async ValueTask<Hdf5ChunkPlace?> FindAsync(NdIndex position, CancellationToken cancellation)
    {
        var header = ParseHeader(await blocks.ReadAsync(headerAddress, HeaderBytes, cancellation));
        var wide = grid.NumberOf(position);
        if (header.IndexBlock is not { } indexBlock || wide >= header.Count)
            return null;
        var number = (ulong)wide;
        var prefix = PrefixBytes + blocks.OffsetSize;
        var direct = header.DirectDataBlocks;
        var length = prefix + (header.IndexEntries * header.EntryBytes) + ((direct + header.SecondaryBlocks) * blocks.OffsetSize);
        var index = await blocks.ReadAsync(indexBlock, length, cancellation);
        Check(indexBlock, index, "EAIB"u8, "an index block");
        if (number < (ulong)header.IndexEntries)
            return Entry(header, index.AsSpan(prefix), number);

        number -= (ulong)header.IndexEntries;
        var group = BlockGroup.Of(number, header.SmallestDataBlock);
        number -= group.FirstEntry;
        var (block, within) = (number / group.Entries, number % group.Entries);
        var addresses = prefix + (header.IndexEntries * header.EntryBytes);
        if (group.FirstDataBlock + block < (ulong)direct)
        {
            return Address(index, addresses, group.FirstDataBlock + block) is { } dataBlock
                ? await FindInDataBlockAsync(header, dataBlock, group.Entries, within, cancellation)
                : null;
        }

        var secondary = (ulong)(group.Number - header.DirectGroups);
        if (group.Number < header.DirectGroups || secondary >= (ulong)header.SecondaryBlocks)
            throw blocks.Corrupt(indexBlock, $"got no secondary block {group.Number}, expected one.");
        return Address(index, addresses + (direct * blocks.OffsetSize), secondary) is { } secondaryBlock
            ? await FindInSecondaryBlockAsync(header, secondaryBlock, group, block, within, cancellation)
            : null;
    }

    private async ValueTask<Hdf5ChunkPlace?> FindInSecondaryBlockAsync(
        Header header, ulong address, BlockGroup group, ulong block, ulong within, CancellationToken cancellation)
    {
        var prefix = PrefixBytes + blocks.OffsetSize + header.OffsetBytes;
        var pages = group.Entries > header.PageEntries ? group.Entries / header.PageEntries : 0;
        // The bits of a data block's pages take whole bytes, but are counted as if they did not.
        var bitmap = (UInt128)group.DataBlocks * ((pages + 7) / 8);
        var addresses = (UInt128)prefix + bitmap;
        blocks.Locate(address, (long)UInt128.Min(addresses, long.MaxValue));
        var bytes = await blocks.ReadAsync(address, (long)addresses + ((long)(block + 1) * blocks.OffsetSize), cancellation);
        Check(address, bytes, "EASB"u8, "a secondary block");
        if (Address(bytes, (long)addresses, block) is not { } dataBlock)
            return null;
        if (pages == 0)
            return await FindInDataBlockAsync(header, dataBlock, group.Entries, within, cancellation);

        var page = within / header.PageEntries;
        var bit = (block * pages) + page;
        if (bit / 8 >= (ulong)bitmap || (bytes[prefix + (int)(bit / 8)] & (0x80 >> (int)(bit % 8))) == 0)
            return null;
        var start = (UInt128)dataBlock + (ulong)(prefix + ChecksumBytes) + (page * ((header.PageEntries * (ulong)header.EntryBytes) + ChecksumBytes));
        if (start > ulong.MaxValue)
            throw blocks.Corrupt(address, $"got page {page} of a data block, expected it inside the file.");
        var entries = await blocks.ReadAsync((ulong)start, (long)header.PageEntries * header.EntryBytes, cancellation);
        return Entry(header, entries, within % header.PageEntries);
    }

    private async ValueTask<Hdf5ChunkPlace?> FindInDataBlockAsync(Header header, ulong address, ulong count, ulong within, CancellationToken cancellation)
    {
        var prefix = PrefixBytes + blocks.OffsetSize + header.OffsetBytes;
        var length = (UInt128)prefix + ((UInt128)count * (ulong)header.EntryBytes);
        var bytes = await blocks.ReadAsync(address, (long)UInt128.Min(length, long.MaxValue), cancellation);
        Check(address, bytes, "EADB"u8, "a data block");
        return Entry(header, bytes.AsSpan(prefix), within);
    }

    private Hdf5ChunkPlace? Entry(Header header, ReadOnlySpan<byte> entries, ulong number) =>
        ChunkEntry.Parse(entries.Slice((int)number * header.EntryBytes, header.EntryBytes), blocks, chunkBytes);

    private ulong? Address(ReadOnlySpan<byte> block, long start, ulong number) =>
        BlockFields.ReadAddress(block.Slice((int)start + ((int)number * blocks.OffsetSize), blocks.OffsetSize));

    private void Check(ulong address, ReadOnlySpan<byte> block, ReadOnlySpan<byte> signature, string what)
    {
        if (!block.StartsWith(signature))
            throw blocks.Corrupt(address, $"got no {what[2..]} of an extensible array, expected {what}.");
    }

    private Header ParseHeader(ReadOnlySpan<byte> bytes)
    {
        const int MaxBits = 64, MaxPageBits = 30;
        var fields = new BlockFields(bytes);
        if (!fields.Take(4).SequenceEqual("EAHD"u8) || fields.Byte() != 0)
            throw blocks.Corrupt(headerAddress, "got no header of an extensible array, expected one.");
        fields.Byte();
        int entryBytes = fields.Byte(), bits = fields.Byte(), indexEntries = fields.Byte(), smallest = fields.Byte(), pointers = fields.Byte(), pageBits = fields.Byte();
        ChunkEntry.CheckSize(entryBytes, blocks, headerAddress);
        if (bits is 0 or > MaxBits || pageBits > MaxPageBits || !BitOperations.IsPow2(smallest) || !BitOperations.IsPow2(pointers) || BitOperations.Log2((uint)smallest) > bits)
        {
            throw blocks.Corrupt(
                headerAddress, $"got an extensible array of {bits} bits, blocks from {smallest} entries and {pointers} addresses on and pages of 2^{pageBits}, which HDF5 does not allow.");
        }

        fields.Take(4 * blocks.LengthSize);
        var count = fields.Number(blocks.LengthSize);
        fields.Take(blocks.LengthSize);
        return new Header(entryBytes, bits, indexEntries, smallest, pointers, 1ul << pageBits, count, fields.Address(blocks.OffsetSize));
    }

    /// <param name="Bits">The array can have 2^this entries.</param>
    /// <param name="IndexEntries">Entries in the index block.</param>
    /// <param name="SmallestDataBlock">Entries of the first data blocks.</param>
    /// <param name="Pointers">Data blocks that the smallest secondary block lists.</param>
    /// <param name="Count">One more than the last entry that was set.</param>
    private readonly record struct Header(
        int EntryBytes, int Bits, int IndexEntries, int SmallestDataBlock, int Pointers, ulong PageEntries, ulong Count, ulong? IndexBlock)
    {
        /// <summary>Bytes of a block's own place in the array.</summary>
        public int OffsetBytes => (Bits + 7) / 8;

        /// <summary>Groups of data blocks that have no secondary block, but are listed in the index block.</summary>
        public int DirectGroups => 2 * BitOperations.Log2((uint)Pointers);

        public int DirectDataBlocks => 2 * (Pointers - 1);

        public int SecondaryBlocks => Math.Max(0, 1 + Bits - BitOperations.Log2((uint)SmallestDataBlock) - DirectGroups);
    }
}
