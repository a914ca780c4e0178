using System.Buffers.Binary;

namespace EmPipeline.Zarr.Codecs;

/// <summary>The checksums of numcodecs' filters, by their definitions: rare enough in this field not to need speed.</summary>
public static class Checksums
{
    private static readonly uint[] Crc32Table = MakeCrc32Table();

    /// <summary>CRC-32 as in gzip.</summary>
    public static uint Crc32(ReadOnlySpan<byte> data)
    {
        var state = uint.MaxValue;
        foreach (var value in data)
            state = (state >> 8) ^ Crc32Table[(byte)(state ^ value)];
        return ~state;
    }

    /// <summary>Adler-32 as in zlib.</summary>
    public static uint Adler32(ReadOnlySpan<byte> data)
    {
        const uint Modulus = 65521;
        // The longest run whose sums stay below 2^32.
        const int Run = 5552;
        var (a, b) = (1u, 0u);
        while (!data.IsEmpty)
        {
            var run = data[..Math.Min(Run, data.Length)];
            foreach (var value in run)
            {
                a += value;
                b += a;
            }

            a %= Modulus;
            b %= Modulus;
            data = data[run.Length..];
        }

        return (b << 16) | a;
    }

    /// <summary>Fletcher's checksum of big-endian 16-bit words as HDF5 computes it: modulo 65535, folded, an odd last byte as a high one.</summary>
    public static uint Fletcher32(ReadOnlySpan<byte> data)
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

    private static uint[] MakeCrc32Table()
    {
        const uint ReversedPolynomial = 0xEDB88320;
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            table[i] = i;
            for (var bit = 0; bit < 8; bit++)
                table[i] = (table[i] >> 1) ^ ((table[i] & 1) == 0 ? 0 : ReversedPolynomial);
        }

        return table;
    }
}
