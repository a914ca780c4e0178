using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>Byte and bit order of stored numbers.</summary>
internal static class SampleBytes
{
    /// <summary>Reverses the bytes of every number, in place.</summary>
    public static void ReverseEndianness(Span<byte> numbers, int bytesPerNumber)
    {
        switch (bytesPerNumber)
        {
            case 2:
                var words = MemoryMarshal.Cast<byte, ushort>(numbers);
                BinaryPrimitives.ReverseEndianness(words, words);
                break;
            case 4:
                var doubleWords = MemoryMarshal.Cast<byte, uint>(numbers);
                BinaryPrimitives.ReverseEndianness(doubleWords, doubleWords);
                break;
            case 8:
                var quadWords = MemoryMarshal.Cast<byte, ulong>(numbers);
                BinaryPrimitives.ReverseEndianness(quadWords, quadWords);
                break;
        }
    }

    /// <summary>Reverses the bits of every byte, in place (FillOrder 2).</summary>
    public static void ReverseBits(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
            value = (byte)((((value * 0x80200802UL) & 0x0884422110UL) * 0x0101010101UL) >> 32);
    }
}
