namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>An index's entry for a chunk: its address, and for filtered chunks its stored size and the mask of filters it went round.</summary>
internal static class ChunkEntry
{
    private const int MaskBytes = 4;

    /// <param name="entry">The address, and behind it size and mask or nothing.</param>
    /// <param name="chunkBytes">The size of a chunk that no filter changed.</param>
    /// <returns>Null when there is no chunk.</returns>
    public static Hdf5ChunkPlace? Parse(ReadOnlySpan<byte> entry, Hdf5Blocks blocks, long chunkBytes)
    {
        if (BlockFields.ReadAddress(entry[..blocks.OffsetSize]) is not { } address)
            return null;
        var rest = entry[blocks.OffsetSize..];
        if (rest.IsEmpty)
            return new Hdf5ChunkPlace(blocks.Locate(address, chunkBytes), chunkBytes, 0);
        var size = BlockFields.ReadNumber(rest[..^MaskBytes]);
        if (size > int.MaxValue)
            throw blocks.Corrupt(address, $"got a chunk of {size} stored bytes, expected less than 2 GiB.");
        return new Hdf5ChunkPlace(blocks.Locate(address, (long)size), (long)size, (uint)BlockFields.ReadNumber(rest[^MaskBytes..]));
    }

    /// <summary>Throws unless entries of this size can be parsed.</summary>
    public static void CheckSize(int size, Hdf5Blocks blocks, ulong address)
    {
        var rest = size - blocks.OffsetSize;
        if (rest != 0 && rest is not (> MaskBytes and <= MaskBytes + sizeof(ulong)))
            throw blocks.Corrupt(address, $"got chunk entries of {size} bytes, expected an address of {blocks.OffsetSize}, and behind it a size and a mask or nothing.");
    }
}
