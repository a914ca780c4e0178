using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EmPipeline.Zarr.Codecs;

/// <summary>Turns big-endian numbers into little-endian ones.</summary>
public static class ByteOrder
{
    /// <summary>Reverses the bytes of every number in place.</summary>
    /// <param name="numbers">A whole number of elements.</param>
    /// <param name="elementSize">1, 2, 4 or 8 bytes.</param>
    public static void Reverse(Span<byte> numbers, int elementSize)
    {
        switch (elementSize)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(numbers);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(numbers);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(numbers);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
