using System.Buffers.Binary;

namespace EmPipeline.Zarr.Codecs;

/// <summary>Fletcher's checksum, 32 bits, as HDF5 computes it.</summary>
public static class Fletcher32
{
    /// <summary>Fletcher's checksum of big-endian 16-bit words as HDF5 computes it: modulo 65535, folded, an odd last byte as a high one.</summary>
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        var (a, b) = (0u, 0u);
        for (; data.Length > 1; data = data[2..])
            Add(BinaryPrimitives.ReadUInt16BigEndian(data));
        if (!data.IsEmpty)
            Add((uint)data[0] << 8);
        return (b << 16) | a;

        // Folding the carry keeps 0xFFFF and 0 apart, which a remainder would not.
        void Add(uint word)
        {
            a += word;
            a = (a & 0xFFFF) + (a >> 16);
            b += a;
            b = (b & 0xFFFF) + (b >> 16);
        }
    }
}
