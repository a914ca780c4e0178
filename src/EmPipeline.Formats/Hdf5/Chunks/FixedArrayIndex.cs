using EmPipeline.Volumes;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>The fixed array (specification VII.C): one entry for each chunk that the dataset can ever have, in pages where there are many.</summary>
internal sealed class FixedArrayIndex(Hdf5Blocks blocks, ulong headerAddress, ChunkGrid grid, long chunkBytes) : IChunkIndex
{
    private const int PrefixBytes = 6, ChecksumBytes = 4;

    public async ValueTask<Hdf5ChunkPlace?> FindAsync(NdIndex position, CancellationToken cancellation)
    {
        var header = ParseHeader(await blocks.ReadAsync(headerAddress, PrefixBytes + 2 + blocks.LengthSize + blocks.OffsetSize, cancellation));
        var number = grid.NumberOf(position);
        if (header.DataBlock is not { } dataBlock || number >= header.Count)
            return null;

        var prefix = PrefixBytes + blocks.OffsetSize;
        var (entries, start) = (header.Count, dataBlock);
        if (header.Count > header.PageEntries)
        {
            var (pages, page) = (((header.Count - 1) / header.PageEntries) + 1, (ulong)number / header.PageEntries);
            var bitmapBytes = ((pages - 1) / 8) + 1;
            blocks.Locate(dataBlock, (long)Math.Min(bitmapBytes, long.MaxValue));
            var bits = await blocks.ReadAsync(dataBlock, prefix + (long)(page / 8) + 1, cancellation);
            CheckSignature(dataBlock, bits);
            if ((bits[^1] & (0x80 >> (int)(page % 8))) == 0)
                return null;
            // Pages that were never written have their room in the file all the same.
            entries = Math.Min(header.PageEntries, header.Count - (page * header.PageEntries));
            var pageBytes = (header.PageEntries * (ulong)header.EntryBytes) + ChecksumBytes;
            start = (ulong)UInt128.Min(dataBlock + (UInt128)prefix + bitmapBytes + ChecksumBytes + ((UInt128)page * pageBytes), ulong.MaxValue);
            (prefix, number) = (0, (ulong)number % header.PageEntries);
        }

        var length = (UInt128)prefix + (entries * (UInt128)header.EntryBytes);
        var block = await blocks.ReadAsync(start, (long)UInt128.Min(length, long.MaxValue), cancellation);
        if (prefix > 0)
            CheckSignature(dataBlock, block);
        return ChunkEntry.Parse(block.AsSpan(prefix + ((int)number * header.EntryBytes), header.EntryBytes), blocks, chunkBytes);
    }

    private void CheckSignature(ulong address, ReadOnlySpan<byte> block)
    {
        if (!block.StartsWith("FADB"u8))
            throw blocks.Corrupt(address, "got no data block of a fixed array, expected one.");
    }

    private Header ParseHeader(ReadOnlySpan<byte> bytes)
    {
        const int MaxPageBits = 30;
        var fields = new BlockFields(bytes);
        if (!fields.Take(4).SequenceEqual("FAHD"u8) || fields.Byte() != 0)
            throw blocks.Corrupt(headerAddress, "got no header of a fixed array, expected one.");
        fields.Byte();
        int entryBytes = fields.Byte();
        ChunkEntry.CheckSize(entryBytes, blocks, headerAddress);
        int pageBits = fields.Byte();
        if (pageBits > MaxPageBits)
            throw blocks.Corrupt(headerAddress, $"got pages of 2^{pageBits} entries, expected at most 2^{MaxPageBits}.");
        return new Header(entryBytes, 1ul << pageBits, fields.Number(blocks.LengthSize), fields.Address(blocks.OffsetSize));
    }

    private readonly record struct Header(int EntryBytes, ulong PageEntries, ulong Count, ulong? DataBlock);
}
