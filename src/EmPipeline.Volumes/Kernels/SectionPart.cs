using System.Buffers.Binary;

namespace EmPipeline.Volumes.Kernels;

/// <summary>
/// The sums that one part of a shard leaves of one section. Little-endian, after four bytes for a checksum and a mark that it was written:
/// sum of the voxels, sum of squared differences, how many differences, voxels looked at, those of them that are finite, those in patches of
/// one value, those in patches of the fill value. The patches' means and drawn voxels follow.
/// </summary>
internal record struct SectionPart(double Sum, double Energy, long Pairs, int Looked, int Finite, int Blank, int Filled)
{
    public const int HeaderLength = 48;
    private const int MarkAt = 4, SumAt = 8, EnergyAt = 16, PairsAt = 24, LookedAt = 32, FiniteAt = 36, BlankAt = 40, FilledAt = 44;
    private const int Mark = 0x53454354;

    /// <summary>Whether a record was written at all.</summary>
    public static bool IsWritten(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record[MarkAt..]) == Mark;

    public static SectionPart Read(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadDoubleLittleEndian(record[SumAt..]), BinaryPrimitives.ReadDoubleLittleEndian(record[EnergyAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(record[PairsAt..]), BinaryPrimitives.ReadInt32LittleEndian(record[LookedAt..]),
        BinaryPrimitives.ReadInt32LittleEndian(record[FiniteAt..]), BinaryPrimitives.ReadInt32LittleEndian(record[BlankAt..]),
        BinaryPrimitives.ReadInt32LittleEndian(record[FilledAt..]));

    public readonly void Write(Span<byte> record)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[MarkAt..], Mark);
        BinaryPrimitives.WriteDoubleLittleEndian(record[SumAt..], Sum);
        BinaryPrimitives.WriteDoubleLittleEndian(record[EnergyAt..], Energy);
        BinaryPrimitives.WriteInt64LittleEndian(record[PairsAt..], Pairs);
        BinaryPrimitives.WriteInt32LittleEndian(record[LookedAt..], Looked);
        BinaryPrimitives.WriteInt32LittleEndian(record[FiniteAt..], Finite);
        BinaryPrimitives.WriteInt32LittleEndian(record[BlankAt..], Blank);
        BinaryPrimitives.WriteInt32LittleEndian(record[FilledAt..], Filled);
    }

    public void Add(SectionPart other)
    {
        Sum += other.Sum;
        Energy += other.Energy;
        Pairs += other.Pairs;
        Looked += other.Looked;
        Finite += other.Finite;
        Blank += other.Blank;
        Filled += other.Filled;
    }
}
