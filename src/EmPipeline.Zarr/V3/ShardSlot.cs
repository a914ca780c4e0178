using System.Buffers.Binary;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Volumes.Rechunk;

namespace EmPipeline.Zarr.V3;

/// <summary>
/// One shard's place in a <see cref="ShardTable"/>, little-endian: CRC-32C of what follows (begun with the slot's number, so that a slot
/// holds only at its own place), state, the file's length and CRC-32C, the number of blocks, then each block's statistics, then zeros. All
/// zeros: the shard is still to be made. Where a block lies is not stored: it follows from the slot's number.
/// </summary>
internal static class ShardSlot
{
    private const int StateAt = 4, StoredBytesAt = 8, ChecksumAt = 16, CountAt = 20, BlocksAt = 24;

    // Eleven figures, two shares, one count of voxels.
    private const int BlockLength = 14 * sizeof(double);

    public static int Length(long blocks) => checked((int)(BlocksAt + (blocks * BlockLength)));

    /// <param name="slot">Receives the slot; as long as its level's slots are.</param>
    /// <param name="number">The slot's number in the table.</param>
    public static void Write(Span<byte> slot, long number, ShardRecord shard)
    {
        slot.Clear();
        slot[StateAt] = (byte)shard.State;
        BinaryPrimitives.WriteInt64LittleEndian(slot[StoredBytesAt..], shard.StoredBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[ChecksumAt..], shard.Checksum);
        BinaryPrimitives.WriteInt32LittleEndian(slot[CountAt..], shard.Blocks.Count);
        var at = BlocksAt;
        foreach (var block in shard.Blocks)
        {
            ReadOnlySpan<double> values =
            [
                block.Min, block.Max, block.Mean, block.StandardDeviation, block.P1, block.P5, block.P25, block.P50, block.P75, block.P95, block.P99,
                block.FillShare, block.BlankShare, BitConverter.Int64BitsToDouble(block.NotFinite),
            ];
            foreach (var value in values)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(slot[at..], value);
                at += sizeof(double);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(slot, Checksum(slot[..at], number));
    }

    /// <summary>What a slot says of its shard's file. A damaged slot says that the shard is missing: it can be made again.</summary>
    public static (ShardState State, long StoredBytes, uint Checksum) ReadFile(ReadOnlySpan<byte> slot, long number) => IsWhole(slot, number)
        ? ((ShardState)slot[StateAt], BinaryPrimitives.ReadInt64LittleEndian(slot[StoredBytesAt..]), BinaryPrimitives.ReadUInt32LittleEndian(slot[ChecksumAt..]))
        : default;

    /// <summary>The record in a slot; null when the shard is missing or the slot damaged.</summary>
    public static ShardRecord? Read(ReadOnlySpan<byte> slot, long number, LevelGrid level, NdIndex position)
    {
        var (state, stored, checksum) = ReadFile(slot, number);
        if (state == ShardState.Missing)
            return null;
        var valid = level.Valid(position);
        var blocks = new List<BlockRecord>(BinaryPrimitives.ReadInt32LittleEndian(slot[CountAt..]));
        foreach (var cell in valid.CellsTouched(level.Block))
        {
            if (blocks.Count == blocks.Capacity)
                return null;
            var box = new Box(cell * level.Block, level.Block).Intersect(valid);
            blocks.Add(ReadBlock(slot[(BlocksAt + (blocks.Count * BlockLength))..], level.Level, box));
        }

        return blocks.Count == blocks.Capacity ? new ShardRecord(level.Level, position, state, stored, checksum, blocks) : null;
    }

    private static BlockRecord ReadBlock(ReadOnlySpan<byte> block, int level, Box box)
    {
        Span<double> v = stackalloc double[BlockLength / sizeof(double)];
        for (var i = 0; i < v.Length; i++)
            v[i] = BinaryPrimitives.ReadDoubleLittleEndian(block[(i * sizeof(double))..]);
        return new BlockRecord(
            level, box.Origin, box.Shape, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], BitConverter.DoubleToInt64Bits(v[13]));
    }

    private static bool IsWhole(ReadOnlySpan<byte> slot, long number)
    {
        var count = BinaryPrimitives.ReadInt32LittleEndian(slot[CountAt..]);
        return slot[StateAt] is (byte)ShardState.Written or (byte)ShardState.Empty
            && count >= 0 && count <= (slot.Length - BlocksAt) / BlockLength && !slot[Length(count)..].ContainsAnyExcept((byte)0)
            && BinaryPrimitives.ReadUInt32LittleEndian(slot) == Checksum(slot[..Length(count)], number);
    }

    private static uint Checksum(ReadOnlySpan<byte> slot, long number) => Crc32C.Append((uint)number, slot[StateAt..]);
}
