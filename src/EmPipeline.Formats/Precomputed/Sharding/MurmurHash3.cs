using System.Numerics;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// MurmurHash3_x86_128 (Austin Appleby, public domain) of one 64-bit key, seed 0: the second hash that sharded volumes may name.
/// </summary>
internal static class MurmurHash3
{
    /// <summary>The low 64 of the 128 bits of the hash of the 8 little-endian bytes of <paramref name="key"/>.</summary>
    public static ulong Hash(ulong key)
    {
        // Eight bytes are less than one 16-byte block, so only the tail step runs: k1 is bytes 0-3, k2 bytes 4-7.
        const uint c1 = 0x239b961b, c2 = 0xab0e9789, c3 = 0x38b34ae5;
        const uint length = sizeof(ulong);
        var h2 = BitOperations.RotateLeft((uint)(key >> 32) * c2, 16) * c3;
        var h1 = BitOperations.RotateLeft((uint)key * c1, 15) * c2;
        uint h3 = 0, h4 = 0;

        h1 ^= length;
        h2 ^= length;
        h3 ^= length;
        h4 ^= length;
        (h1, h2, h3, h4) = Mix(h1, h2, h3, h4);
        (h1, h2, h3, h4) = Mix(Finish(h1), Finish(h2), Finish(h3), Finish(h4));
        return h1 | ((ulong)h2 << 32);
    }

    private static (uint H1, uint H2, uint H3, uint H4) Mix(uint h1, uint h2, uint h3, uint h4)
    {
        h1 += h2 + h3 + h4;
        return (h1, h2 + h1, h3 + h1, h4 + h1);
    }

    private static uint Finish(uint h)
    {
        h = (h ^ (h >> 16)) * 0x85ebca6b;
        h = (h ^ (h >> 13)) * 0xc2b2ae35;
        return h ^ (h >> 16);
    }
}
