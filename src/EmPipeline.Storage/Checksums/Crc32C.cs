using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmPipeline.Storage;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720 appendix B.4), the checksum of Zarr shards. <see cref="BitOperations"/> takes the processor's
/// instruction where there is one (SSE4.2, ARMv8) and a table elsewhere.
/// </summary>
public static class Crc32C
{
    // The instruction takes three cycles but one can start every cycle: three lanes side by side keep it busy.
    private const int LaneLength = 2048;
    private static readonly uint[] OverLane = MakeShift(LaneLength);
    private static readonly uint[] Powers = MakePowers();

    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of what <paramref name="crc"/> was computed from, followed by <paramref name="data"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var state = ~crc;
        if (Crc32CFolding.IsSupported && data.Length >= Crc32CFolding.LeastLength)
        {
            Span<byte> reduced = stackalloc byte[64];
            var folded = data.Length & ~255;
            Crc32CFolding.Reduce(state, data[..folded], reduced);
            state = 0;
            foreach (var word in MemoryMarshal.Cast<byte, ulong>(reduced))
                state = BitOperations.Crc32C(state, word);
            data = data[folded..];
        }

        while (data.Length >= 3 * LaneLength)
        {
            ref var words = ref MemoryMarshal.GetReference(data);
            var (a, b, c) = (state, 0u, 0u);
            for (nint i = 0; i < LaneLength; i += sizeof(ulong))
            {
                a = BitOperations.Crc32C(a, Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref words, i)));
                b = BitOperations.Crc32C(b, Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref words, i + LaneLength)));
                c = BitOperations.Crc32C(c, Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref words, i + (2 * LaneLength))));
            }

            state = Shift(Shift(a) ^ b) ^ c;
            data = data[(3 * LaneLength)..];
        }

        foreach (var word in MemoryMarshal.Cast<byte, ulong>(data))
            state = BitOperations.Crc32C(state, word);
        foreach (var value in data[(data.Length & ~7)..])
            state = BitOperations.Crc32C(state, value);
        return ~state;
    }

    /// <summary>The checksum of two pieces of data, one behind the other, from the checksum of each.</summary>
    /// <param name="nextLength">Bytes of the second piece.</param>
    public static uint Combine(uint crc, uint nextCrc, long nextLength)
    {
        // Appending zero bytes multiplies by a power of x^8, which is put together from its binary digits.
        for (var bit = 0; nextLength != 0; bit++, nextLength >>= 1)
        {
            if ((nextLength & 1) != 0)
                crc = Multiply(crc, Powers[bit]);
        }

        return crc ^ nextCrc;
    }

    /// <summary>x^<paramref name="exponent"/> modulo the checksum's polynomial, bits reversed.</summary>
    internal static uint PowerOfX(long exponent)
    {
        // Whole bytes by Powers, the rest one bit at a time.
        var power = 1u << 31;
        for (var bit = 0; exponent >> (3 + bit) != 0; bit++)
        {
            if (((exponent >> (3 + bit)) & 1) != 0)
                power = Multiply(power, Powers[bit]);
        }

        for (var i = 0; i < (exponent & 7); i++)
            power = Multiply(power, 1u << 30);
        return power;
    }

    private static uint[] MakePowers()
    {
        // x^8, then its square, and so on; bit 31 is x^0.
        var powers = new uint[64];
        powers[0] = 1u << 23;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = Multiply(powers[i - 1], powers[i - 1]);
        return powers;
    }

    /// <summary>The product of two polynomials modulo the checksum's, bits reversed.</summary>
    internal static uint Multiply(uint a, uint b)
    {
        if (Pclmulqdq.IsSupported && Sse42.IsSupported)
        {
            // Both are reflected, so the product comes out one power low; the instruction reduces its higher half.
            var wide = Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar((ulong)a), Vector128.CreateScalar((ulong)b), 0).ToScalar() << 1;
            return Sse42.Crc32(0, (uint)wide) ^ (uint)(wide >> 32);
        }

        return MultiplyScalar(a, b);
    }

    internal static uint MultiplyScalar(uint a, uint b)
    {
        const uint polynomial = 0x82F63B78;
        var product = 0u;
        for (; a != 0; a <<= 1)
        {
            // Without a branch: the bits are as good as random.
            product ^= b & (uint)((int)a >> 31);
            b = (b >> 1) ^ (polynomial & (uint)-(int)(b & 1));
        }

        return product;
    }

    /// <summary>The state after as many zero bytes as a lane has: linear over GF(2), so four table look-ups.</summary>
    private static uint Shift(uint state) =>
        OverLane[state & 255] ^ OverLane[256 + ((state >> 8) & 255)] ^ OverLane[512 + ((state >> 16) & 255)] ^ OverLane[768 + (state >> 24)];

    private static uint[] MakeShift(int zeros)
    {
        var table = new uint[4 * 256];
        for (var bit = 0; bit < 32; bit++)
        {
            var state = 1u << bit;
            for (var i = 0; i < zeros / sizeof(ulong); i++)
                state = BitOperations.Crc32C(state, 0ul);
            // Each entry is the sum of its bits' images; the highest bit of an index is the last to be known.
            var (row, low) = (256 * (bit / 8), 1 << (bit % 8));
            for (var rest = 0; rest < low; rest++)
                table[row + low + rest] = table[row + rest] ^ state;
        }

        return table;
    }
}
