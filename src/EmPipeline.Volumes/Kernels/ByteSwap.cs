using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EmPipeline.Volumes.Kernels;

/// <summary>Turns numbers of the other byte order into this machine's, in place. The runtime's own vectorised reversal does the work.</summary>
public static class ByteSwap
{
    /// <param name="voxels">A whole number of elements.</param>
    /// <param name="elementSize">1 (nothing to do), 2, 4 or 8.</param>
    public static void InPlace(Span<byte> voxels, int elementSize)
    {
        switch (elementSize)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(voxels);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(voxels);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            case 8:
                var longs = MemoryMarshal.Cast<byte, ulong>(voxels);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
