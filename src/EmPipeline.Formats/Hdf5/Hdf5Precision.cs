using System.Buffers.Binary;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Integers of which only some bits count: the others are padding, of whatever value.</summary>
/// <param name="Offset">The lowest bit that counts.</param>
/// <param name="Count">How many do.</param>
internal sealed record Hdf5Precision(int Offset, int Count, bool IsSigned)
{
    /// <summary>Null where all bits of a number count.</summary>
    public static Hdf5Precision? Of(object message, int size, bool signed)
    {
        var (offset, count) = Hdf5Internals.PrecisionOf(message);
        if (offset == 0 && (count == 8 * size || count == 0))
            return null;
        return offset + count <= 8 * size ? new Hdf5Precision(offset, count, signed) : throw new InvalidDataException($"got {count} bits from bit {offset} on in integers of {size} bytes.");
    }

    /// <summary>Makes whole integers of the stored ones, in place.</summary>
    /// <param name="numbers">Little-endian.</param>
    public void Extend(Span<byte> numbers, int size)
    {
        Span<byte> wide = stackalloc byte[sizeof(ulong)];
        for (; numbers.Length >= size; numbers = numbers[size..])
        {
            wide.Clear();
            numbers[..size].CopyTo(wide);
            var top = BinaryPrimitives.ReadUInt64LittleEndian(wide) << (64 - Offset - Count);
            // Shifting down brings the sign along, or zeros.
            var value = IsSigned ? (ulong)((long)top >> (64 - Count)) : top >> (64 - Count);
            BinaryPrimitives.WriteUInt64LittleEndian(wide, value);
            wide[..size].CopyTo(numbers);
        }
    }
}
