using System.Numerics;

namespace EmPipeline.Formats.Hdf5.Chunks;

/// <summary>
/// One generation of an extensible array's data blocks: number 0 is one block of the smallest size, and from one number to the next either
/// the blocks' size or their count doubles.
/// </summary>
/// <param name="DataBlocks">How many blocks there are in the generation.</param>
/// <param name="Entries">Entries of each.</param>
/// <param name="FirstEntry">Entries of all generations before.</param>
/// <param name="FirstDataBlock">Blocks of all generations before.</param>
internal readonly record struct BlockGroup(int Number, ulong DataBlocks, ulong Entries, ulong FirstEntry, ulong FirstDataBlock)
{
    /// <summary>The generation of an entry.</summary>
    /// <param name="smallest">Entries of the smallest block.</param>
    public static BlockGroup Of(ulong entry, int smallest)
    {
        var number = BitOperations.Log2((entry / (ulong)smallest) + 1);
        // Generation n begins behind 2^n - 1 blocks of the smallest size.
        var firstEntry = ((1ul << number) - 1) * (ulong)smallest;
        // Blocks double with every second generation: 1, 1, 2, 2, 4, 4 …
        var half = number / 2;
        var firstBlock = (2 * ((1ul << half) - 1)) + (number % 2 == 1 ? 1ul << half : 0);
        return new BlockGroup(number, 1ul << half, (1ul << ((number + 1) / 2)) * (ulong)smallest, firstEntry, firstBlock);
    }
}
